// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A text file of the repository, by its path from the root.
struct TextFile {
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The path down to the file's folder, without it for a file at the root.
    var folder: [Substring] { path.split(separator: "/").dropLast() }
}

/// The repository these tests were compiled from.
enum SourceTree {
    static let rootPath: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Every file, as a path from the root, except what is built, fetched or kept by git.
    static let paths: [String] = {
        var found: [String] = []
        guard let walk = FileManager.default.enumerator(atPath: place(of: "")) else { return found }
        while let path = walk.nextObject() as? String {
            let name = path.split(separator: "/").last ?? ""
            if name == ".git" || name == ".cache" || name.hasPrefix(".build") {
                walk.skipDescendants()
            } else {
                found.append(path)
            }
        }
        return found.sorted()
    }()

    /// The Swift files of the products.
    static let sources = swiftFiles(under: "Sources/")
    /// The Swift files of the tests.
    static let tests = swiftFiles(under: "Tests/")

    static func textFiles(where isWanted: (String) -> Bool) -> [TextFile] {
        paths.filter(isWanted).compactMap { path in
            let text = try? String(contentsOfFile: place(of: path), encoding: .utf8)
            return text.map { TextFile(path: path, text: $0) }
        }
    }

    /// Where a path from the root is on this machine.
    static func place(of path: String) -> String { rootPath + "/" + path }

    private static func swiftFiles(under folder: String) -> [SwiftFile] {
        textFiles { $0.hasPrefix(folder) && $0.hasSuffix(".swift") }
            .map { SwiftFile(path: $0.path, text: $0.text) }
    }
}
