// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// What each module may import: only what stands below it.
private let ladder: [String: Set<String>] = [
    "DiskIO": ["CShims", "SystemPackage", "Crypto", "Glibc", "Synchronization"],
    "QCow2": ["DiskIO", "CZlib", "CZstd", "CLibdeflate", "CIsal"],
    "ChainCollapse": [
        "QCow2", "DiskIO", "SystemPackage", "FoundationEssentials", "Synchronization",
    ],
    "Terminal": [
        "DiskIO", "SystemPackage", "FoundationEssentials", "Dispatch", "Glibc", "Synchronization",
    ],
    "clone-image": [
        "Terminal", "ChainCollapse", "QCow2", "ArgumentParser", "SystemPackage",
        "FoundationEssentials", "Dispatch", "Glibc", "Synchronization",
    ],
    "CloneEngine": [
        "ChainCollapse", "QCow2", "DiskIO", "GRDB", "XMLCoder", "Crypto", "CryptoExtras",
        "Dispatch", "Foundation", "FoundationXML", "Synchronization",
    ],
    "CloneLibvirt": [
        "CloneEngine", "CLibvirt", "Dispatch", "Glibc", "Foundation", "FoundationXML",
        "Synchronization",
    ],
    "CloneAPI": [
        "CloneEngine", "Hummingbird", "HTTPTypes", "NIOCore", "NIOPosix", "ServiceLifecycle",
        "Logging", "Metrics", "Foundation", "FoundationXML", "Synchronization",
    ],
    "CloneWeb": [
        "CloneEngine", "Hummingbird", "HTTPTypes", "NIOCore", "Mustache", "Logging", "Crypto",
        "ServiceLifecycle", "Dispatch", "Foundation", "Synchronization",
    ],
    "clone-vm": [
        "Terminal", "CloneLibvirt", "CloneEngine", "CloneAPI", "CloneWeb", "ArgumentParser",
        "Hummingbird",
        "HummingbirdCore",
        "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOSSL", "X509", "SwiftASN1", "Crypto",
        "ServiceLifecycle", "UnixSignals", "Logging", "Metrics", "Foundation", "Synchronization",
    ],
]

private func forbiddenImports(in file: SwiftFile) -> [String] {
    guard let module = file.module else { return [] }
    guard let allowed = ladder[module] else {
        return [file.finding(1, "the module \(module) has no place in the ladder")]
    }
    return file.imports.filter { !allowed.contains($0.text) }
        .map { file.finding($0.line, "\(module) must not import \($0.text)") }
}

extension SwiftFile {
    fileprivate var imports: [Token] {
        let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        return tokens.indices.filter { tokens[$0].text == "import" }.compactMap { index in
            let name = index + (kinds.contains(token(after: index)) ? 2 : 1)
            return name < tokens.count ? tokens[name] : nil
        }
    }
}

@Suite("Arrows between modules")
struct ArrowTests {
    @Test("every module imports only what stands below it")
    func tree() {
        #expect(SourceTree.sources.flatMap(forbiddenImports) == [])
    }

    @Test(
        "an arrow upwards or sideways is found",
        arguments: [
            ("Sources/DiskIO/A.swift", "import Foundation"),
            ("Sources/DiskIO/A.swift", "import Dispatch"),
            ("Sources/QCow2/Format/A.swift", "@preconcurrency public import ChainCollapse"),
            ("Sources/QCow2/Format/A.swift", "import struct SystemPackage.FilePath"),
            ("Sources/ChainCollapse/A.swift", "internal import ArgumentParser"),
            ("Sources/clone-image/A.swift", "import DiskIO"),
            ("Sources/Stranger/A.swift", "import DiskIO"),
        ]
    )
    func planted(path: String, text: String) {
        #expect(forbiddenImports(in: SwiftFile(path: path, text: text)).count == 1)
    }

    @Test("an import in a comment or a string is none, and a step down is allowed")
    func harmless() {
        let text = """
            package import DiskIO
            // import Foundation
            let sentence = "import Foundation"
            """
        #expect(forbiddenImports(in: SwiftFile(path: "Sources/QCow2/A.swift", text: text)) == [])
    }
}
