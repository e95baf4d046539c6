// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Leftovers")
struct CleanTests {
    private struct Document: Decodable {
        struct File: Decodable, Equatable {
            let path: String
            let state: String
            let allocatedBytes: UInt64
            let reason: String?
        }
        let status: String
        let directory: String
        let files: [File]
    }

    private static let leftover = ".flat.raw.0123456789abc.clone-image-partial"

    private let directory: TemporaryDirectory
    private var folder: String { directory.path("targets") }
    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    /// A source of 8 MiB, and a folder for targets.
    init() throws {
        directory = try TemporaryDirectory()
        let words = ["-c", "head -c 8M /dev/urandom > \(directory.path("source.raw"))"]
        try Command.runSuccessfully("sh", words)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
    }

    /// Starts a collapse that takes half a minute, and returns when it has written something.
    private func slowCollapse(to target: String = "flat.raw") throws -> RunningTool {
        let words = ["collapse", directory.path("source.raw"), target, "--rate-limit=256k"]
        let tool = try RunningTool(words, in: folder)
        let hasBegun = try tool.wait {
            try names.contains { try FileFacts("\(folder)/\($0)").allocatedBytes > 0 }
        }
        try #require(hasBegun)
        return tool
    }

    private func clean(_ flags: String...) throws -> Document {
        let output = try Command.run(Tool.path(), ["clean", folder, "--json"] + flags)
        #expect(output.isSuccess)
        return try output.decoded(as: Document.self)
    }

    private func touch(_ name: String) throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    @Test("what a killed collapse leaves is recognised, and removed when that is wanted")
    func killed() throws {
        let before = try FileFacts(directory.path("source.raw"))
        let tool = try slowCollapse()
        #expect(try clean().files.map(\.state) == ["in-use"])
        tool.kill()
        let name = try #require(try names.first)
        #expect(name.contains(#/^\.flat\.raw\.[0-9a-z]{13}\.clone-image-partial$/#))
        let found = try clean("--dry-run").files
        #expect(found.map(\.path) == ["\(folder)/\(name)"])
        #expect(found.map(\.state) == ["abandoned"])
        #expect(found.allSatisfy { $0.allocatedBytes > 0 })
        #expect(try names == [name])
        #expect(try clean().files.map(\.state) == ["removed"])
        #expect(try names == [])
        #expect(try clean().files == [])
        #expect(try FileFacts(directory.path("source.raw")) == before)
    }

    @Test("people are told in lines")
    func words() throws {
        try touch(CleanTests.leftover)
        let path = "\(folder)/\(CleanTests.leftover)"
        let found = try Tool.run("clean", folder, "--dry-run")
        #expect(found.isSuccess && found.text == "\(path): can be removed (4 KiB)\n")
        let removed = try Tool.run("clean", folder)
        #expect(removed.isSuccess && removed.text == "\(path): removed (4 KiB)\n")
        let missing = try Tool.run("clean", "\(folder)/gone")
        #expect(missing.status == 1)
        #expect(missing.standardError.contains("gone: opendir failed: No such file"))
    }

    @Test("the next collapse to the same target removes it, one to another target does not")
    func nextRun() throws {
        try slowCollapse().kill()
        let left = try names
        #expect(left.count == 1)
        let source = directory.path("source.raw")
        #expect(try Tool.collapse(source, "other.raw", in: folder).isSuccess)
        #expect(try names == left + ["other.raw"])
        #expect(try Tool.collapse(source, "flat.raw", in: folder).isSuccess)
        #expect(try names == ["flat.raw", "other.raw"])
        #expect(try filesAreEqual(source, "\(folder)/flat.raw"))
    }

    @Test("what a living process writes is removed neither by clean nor by the next collapse")
    func living() throws {
        let first = try slowCollapse()
        let name = try #require(try names.first)
        let source = directory.path("source.raw")
        #expect(try Tool.collapse(source, "flat.raw", in: folder).isSuccess)
        #expect(try names == [name, "flat.raw"])
        #expect(try clean().files.map(\.state) == ["in-use"])
        first.kill()
        #expect(try clean().files.map(\.state) == ["removed"])
    }

    @Test("what others have locked stays, whatever the kind of the lock", arguments: [true, false])
    func locked(byFlock: Bool) throws {
        try touch(CleanTests.leftover)
        if byFlock {
            let script = #"flock --exclusive "$1/$2" "$0" clean "$1" --json"#
            let output = try Tool.shell(script, folder, CleanTests.leftover)
            #expect(try output.decoded(as: Document.self).files.map(\.state) == ["in-use"])
        } else {
            try Command.runSuccessfully("truncate", ["-s1M", "\(folder)/\(CleanTests.leftover)"])
            let writer = try ImageWriter("\(folder)/\(CleanTests.leftover)", format: "raw")
            #expect(try clean().files.map(\.state) == ["in-use"])
            writer.stop()
        }
        #expect(try names == [CleanTests.leftover])
        #expect(try clean().files.map(\.state) == ["removed"])
    }

    @Test("what only looks like a leftover is not touched")
    func lookalikes() throws {
        let random = "0123456789abc"
        try touch("flat.raw")
        for name in [
            ".flat.raw.partial", ".flat.raw.\(random).partial",
            "flat.raw.\(random).clone-image-partial", ".flat.raw.clone-image-partial",
            ".flat.raw.0123456789ab.clone-image-partial",
            ".flat.raw.0123456789ABC.clone-image-partial",
            ".flat.raw0123456789abc.clone-image-partial",
            "..\(random).clone-image-partial", ".flat.raw.\(random).clone-image-partial~",
        ] { try touch(name) }
        let script = """
            mkdir .a.\(random).clone-image-partial
            mkfifo .b.\(random).clone-image-partial
            ln -s flat.raw .c.\(random).clone-image-partial
            ln -s nowhere .d.\(random).clone-image-partial
            """
        try Command.runSuccessfully("sh", ["-c", script], in: folder)
        let before = try names
        #expect(before.count == 14)
        #expect(try clean().files == [])
        #expect(try names == before)
        #expect(try String(contentsOfFile: "\(folder)/flat.raw", encoding: .utf8) == "precious")
    }

    @Test(
        "a name that is as long as names may be has a leftover of its own",
        arguments: ["a", "é"]
    )
    func longName(letter: String) throws {
        let name = String(repeating: letter, count: 250 / letter.utf8.count) + ".raw"
        try slowCollapse(to: name).kill()
        #expect(try names.count == 1)
        #expect(try Tool.collapse(directory.path("source.raw"), name, in: folder).isSuccess)
        #expect(try names == [name])
    }

    @Test("where nothing can be removed, it says so")
    func failure() throws {
        try touch(CleanTests.leftover)
        try Command.runSuccessfully("chattr", ["+i", "\(folder)/\(CleanTests.leftover)"])
        defer { _ = try? Command.run("chattr", ["-i", "\(folder)/\(CleanTests.leftover)"]) }
        let output = try Tool.run("clean", folder)
        #expect(output.status == 1)
        #expect(output.standardError.contains("Operation not permitted"))
        #expect(try names == [CleanTests.leftover])
    }
}
