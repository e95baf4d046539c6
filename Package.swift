// swift-tools-version: 6.2

import PackageDescription

/// The settings of every Swift target in this package.
var house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
]
// Scripts/test sets this; a stranger with a newer compiler is not stopped by its new warnings.
if Context.environment["CLONE_IMAGE_WARNINGS_AS_ERRORS"] == "1" {
    house.append(.treatAllWarnings(as: .error))
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let xmlCoder = Target.Dependency.product(name: "XMLCoder", package: "XMLCoder")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let unixSignals = Target.Dependency.product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbirdTesting = Target.Dependency.product(
    name: "HummingbirdTesting",
    package: "hummingbird"
)
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")

let package = Package(
    name: "clone-image",
    products: [
        .executable(name: "clone-image", targets: ["clone-image"]),
        .executable(name: "clone-vm", targets: ["clone-vm"]),
        .library(name: "CloneEngine", targets: ["CloneEngine"]),
        .library(name: "ChainCollapse", targets: ["ChainCollapse", "QCow2"]),
    ],
    traits: [
        .default(enabledTraits: ["Libvirt"]),
        .trait(name: "Libvirt", description: "clone-vm can work on the VMs that libvirt has."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/CoreOffice/XMLCoder", from: "0.18.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.9.0"),
        // Only for `swift package generate-documentation`.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        .target(name: "CShims"),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .systemLibrary(
            name: "CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"])]
        ),
        .systemLibrary(
            name: "CLibdeflate",
            pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"])]
        ),
        .systemLibrary(
            name: "CIsal",
            pkgConfig: "libisal",
            providers: [.apt(["libisal-dev"])]
        ),
        .systemLibrary(
            name: "CLibvirt",
            pkgConfig: "libvirt",
            providers: [.apt(["libvirt-dev"])]
        ),
        .target(name: "DiskIO", dependencies: ["CShims", systemPackage, crypto]),
        .target(
            name: "QCow2",
            dependencies: ["DiskIO", "CZlib", "CZstd", "CLibdeflate", "CIsal"]
        ),
        .target(name: "ChainCollapse", dependencies: ["QCow2", "DiskIO"]),
        .target(name: "Terminal", dependencies: ["DiskIO", systemPackage]),
        .executableTarget(
            name: "clone-image",
            dependencies: ["Terminal", "ChainCollapse", "QCow2", argumentParser, systemPackage]
        ),
        .target(
            name: "CloneEngine",
            dependencies: [
                "ChainCollapse", "QCow2", "DiskIO", grdb, xmlCoder, crypto, cryptoExtras,
            ]
        ),
        .target(name: "CloneLibvirt", dependencies: ["CloneEngine", "CLibvirt"]),
        .target(
            name: "CloneAPI",
            dependencies: [
                "CloneEngine", hummingbird, httpTypes, nioCore, nioPosix, serviceLifecycle, logging,
                metrics,
            ]
        ),
        .target(
            name: "CloneWeb",
            dependencies: [
                "CloneEngine", hummingbird, mustache, crypto, serviceLifecycle, logging,
            ],
            // A part of the program, so that one file is all there is to install.
            resources: [.embedInCode("Assets")]
        ),
        .executableTarget(
            name: "clone-vm",
            dependencies: [
                .target(name: "CloneLibvirt", condition: .when(traits: ["Libvirt"])),
                "Terminal", "CloneEngine", "CloneAPI", "CloneWeb", argumentParser, hummingbird,
                hummingbirdCore,
                hummingbirdTLS, httpTypes, nioCore, nioSSL, x509, swiftASN1, crypto, logging,
                metrics, serviceLifecycle, unixSignals,
            ]
        ),

        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "DiskIOTests", dependencies: ["DiskIO", "TestSupport"]),
        .testTarget(name: "QCow2Tests", dependencies: ["QCow2", "DiskIO", "TestSupport"]),
        .testTarget(
            name: "ChainCollapseTests",
            dependencies: ["ChainCollapse", "QCow2", "DiskIO", "TestSupport", systemPackage]
        ),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
        .testTarget(
            name: "CloneImageTests",
            dependencies: ["clone-image", "Terminal", "TestSupport"]
        ),
        .testTarget(
            name: "CloneEngineTests",
            dependencies: ["CloneEngine", "ChainCollapse", "TestSupport", grdb]
        ),
        .testTarget(
            name: "CloneLibvirtTests",
            dependencies: [
                "CloneLibvirt", "CloneEngine", "clone-vm", "TestSupport",
            ]
        ),
        .testTarget(
            name: "CloneAPITests",
            dependencies: [
                "CloneAPI", "CloneEngine", "TestSupport", hummingbird, hummingbirdTesting,
                httpTypes, nioCore, logging, grdb,
            ]
        ),
        .testTarget(
            name: "CloneWebTests",
            dependencies: ["CloneWeb", "CloneEngine", "TestSupport", hummingbirdTesting, grdb]
        ),
        .testTarget(name: "CloneVMTests", dependencies: ["clone-vm", "TestSupport"]),
        .testTarget(name: "TidyTests", dependencies: ["TestSupport"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + house
}
