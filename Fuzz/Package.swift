// swift-tools-version: 6.2

import PackageDescription

// The parent's modules are compiled here once more, by links to their folders, and not taken from
// it as a dependency: what the targets call is `package`, so all must be one package.

/// The settings of every Swift target, as in the parent.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
]

/// A program that libFuzzer drives: it has no main of its own.
func fuzzer(_ name: String, _ modules: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: modules + ["FuzzSupport"])
}

let package = Package(
    name: "clone-image-fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    ],
    targets: [
        .target(name: "CShims"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "CLibdeflate", pkgConfig: "libdeflate"),
        .systemLibrary(name: "CIsal", pkgConfig: "libisal"),
        .target(
            name: "DiskIO",
            dependencies: [
                "CShims", .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "QCow2",
            dependencies: ["DiskIO", "CZlib", "CZstd", "CLibdeflate", "CIsal"]
        ),
        .target(name: "ChainCollapse", dependencies: ["QCow2", "DiskIO"]),

        .target(name: "FuzzSupport", dependencies: ["QCow2", "DiskIO"]),
        fuzzer("fuzz-header", "QCow2", "DiskIO"),
        fuzzer("fuzz-tables", "QCow2", "DiskIO"),
        fuzzer("fuzz-codec", "QCow2", "DiskIO", "CZlib"),
        fuzzer("fuzz-backing-name", "ChainCollapse"),
        fuzzer("fuzz-collapse", "ChainCollapse", "QCow2", "DiskIO"),
        fuzzer("fuzz-canary"),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + house
}
