// swift-tools-version: 6.2

import PackageDescription

// The parent's modules are compiled here once more, by links to their folders, and not taken from
// it as a dependency: what is measured is `package`, so all must be one package.

let package = Package(
    name: "clone-image-micro",
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
        .executableTarget(
            name: "micro",
            dependencies: [
                "ChainCollapse", "QCow2", "DiskIO", "CZlib", "CZstd", "CLibdeflate", "CIsal",
            ]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    // The codecs are called as in C, without the care that the modules take.
    if target.name != "micro" { target.swiftSettings?.append(.strictMemorySafety()) }
}
