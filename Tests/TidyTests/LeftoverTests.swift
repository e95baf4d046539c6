// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Words that promise work for later, in pieces, or this file would find itself.
private let markers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]

/// Folders that exist on somebody's machine only.
private let machineFolders = [SourceTree.rootPath, "/tmp", "/home", "/root", "/Users", "/opt"]

/// The modules that must leave standard output to their caller.
private let libraries: Set<String?> = ["DiskIO", "QCow2", "ChainCollapse"]

private func leftovers(in file: TextFile) -> [String] {
    guard markers.contains(where: file.text.contains) else { return [] }
    return file.lines.enumerated().flatMap { number, line in
        markers.filter { line.split { !$0.isWordCharacter }.contains(Substring($0)) }
            .map { "\(file.path):\(number + 1): \($0) is left" }
    }
}

private func machinePaths(in file: TextFile) -> [String] {
    guard machineFolders.contains(where: file.text.contains) else { return [] }
    return file.lines.enumerated().compactMap { number, line in
        machineFolders.first { line.names(folder: $0) }
            .map { "\(file.path):\(number + 1): \($0) is a place on one machine" }
    }
}

private func debugOutput(in file: SwiftFile) -> [String] {
    guard libraries.contains(file.module) else { return [] }
    return file.tokens.indices.filter { index in
        ["print", "debugPrint", "dump"].contains(file.tokens[index].text)
            && file.token(after: index) == "("
            && ![".", "func"].contains(file.token(before: index))
    }.map { file.finding(file.tokens[$0].line, "a library must not \(file.tokens[$0].text)") }
}

extension Character {
    fileprivate var isWordCharacter: Bool { isLetter || isNumber || self == "_" }
}

extension Substring {
    /// Whether an absolute path in this line begins with the folder.
    fileprivate func names(folder: String) -> Bool {
        ranges(of: folder).contains { range in
            let before = self[..<range.lowerBound].last
            let after = self[range.upperBound...].first
            let isStart = before.map { !$0.isWordCharacter && !"./~)-".contains($0) } ?? true
            let isWhole = after.map { !$0.isWordCharacter && $0 != "-" } ?? true
            return isStart && isWhole
        }
    }
}

@Suite("Leftovers")
struct LeftoverTests {
    private let kinds = [".swift", ".md", ".h", ".c", ".py", ".sh", ".yml", ".modulemap"]

    @Test("no marker is left")
    func tree() {
        let files = SourceTree.textFiles { path in
            kinds.contains(where: path.hasSuffix) || isScript(path)
        }
        #expect(files.flatMap(leftovers) == [])
    }

    @Test("no source names a place on one machine")
    func paths() {
        let files = SourceTree.textFiles { path in
            path.hasPrefix("Sources/") && kinds.contains(where: path.hasSuffix)
        }
        #expect(files.flatMap(machinePaths) == [])
    }

    @Test("no library prints")
    func output() {
        #expect(SourceTree.sources.flatMap(debugOutput) == [])
    }

    @Test("a marker is found as a word", arguments: markers)
    func marker(_ marker: String) {
        func findings(_ text: String) -> Int {
            leftovers(in: TextFile(path: "A", text: text)).count
        }
        #expect(findings("fine\n// \(marker): later") == 1)
        #expect(findings("(\(marker))\n\(marker)") == 2)
        #expect(findings("mktemp \(marker)\(marker)") == 0)
        #expect(findings(marker.lowercased()) == 0)
    }

    @Test(
        "a machine path is found, a relative one is not",
        arguments: [
            (#"open("/tmp/a.qcow2")"#, 1), ("// see /opt", 1), ("/home/me/a", 1),
            ("images/tmp/a", 0), ("../opt/a", 0), ("/tmpfs", 0), ("a//tmp", 0), ("/dev/vda", 0),
            ("// found in \(SourceTree.rootPath)/Sources", 1),
        ]
    )
    func machinePath(text: String, count: Int) {
        #expect(machinePaths(in: TextFile(path: "A", text: text)).count == count)
    }

    @Test(
        "printing is found in libraries only",
        arguments: [
            ("Sources/QCow2/A.swift", "print(a)", 1), ("Sources/DiskIO/A.swift", "dump(a)", 1),
            ("Sources/clone-image/A.swift", "print(a)", 0),
            ("Sources/QCow2/A.swift", "// print(a)", 0),
            ("Sources/QCow2/A.swift", "a.print(b); func print(c: Int) {}", 0),
        ]
    )
    func printing(path: String, text: String, count: Int) {
        #expect(debugOutput(in: SwiftFile(path: path, text: text)).count == count)
    }
}
