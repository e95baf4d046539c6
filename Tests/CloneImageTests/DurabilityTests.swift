// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// In which order a collapse asks the system for what survives a power cut.
@Suite("Durability")
struct DurabilityTests {
    private let directory: TemporaryDirectory
    private var folder: String { directory.path("targets") }
    private var source: String { directory.path("source.raw") }

    /// A source of 4 MiB of data, and a folder for targets.
    init() throws {
        directory = try TemporaryDirectory()
        let script = "head -c 4M /dev/urandom > source.raw && mkdir targets"
        try Command.runSuccessfully("sh", ["-c", script], in: directory.path)
    }

    /// The calls that a collapse makes, with the last part of each path and no random digits.
    private func calls(_ words: [String]) throws -> [String] {
        let log = directory.path("log")
        defer { try? FileManager.default.removeItem(atPath: log) }
        let arguments = ["collapse", source, "\(folder)/\(words[0])"] + words.dropFirst()
        let output = try FaultyCalls().run(Tool.path(), arguments, .none(log: log))
        try #require(output.isSuccess)
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        return lines.filter { !$0.hasPrefix("pread ") }.map { line in
            let words = line.split(separator: " ", maxSplits: 3)
            let name = words[3].split(separator: "/").last ?? ""
            return "\(words[0]) " + name.replacing(#/^.*\.[0-9a-z]{13}\.clone-image-/#, with: "")
        }
    }

    @Test(
        "the data is flushed, then the file gets its name, then the directory is flushed",
        arguments: [["flat.raw"], ["flat.qcow2"], ["flat.raw", "--resume"]]
    )
    func publication(words: [String]) throws {
        for (flag, rename) in [("--threads=1", "renameat2"), ("--force", "rename")] {
            let calls = try calls(words + [flag]).filter { !$0.hasSuffix(" journal") }
            let last = try #require(
                calls.lastIndex { $0.hasPrefix("pwrite ") || $0.hasPrefix("ftruncate ") }
            )
            // The journal may have had the data flushed already.
            let end = calls[last...].dropFirst().drop { $0 == "fsync partial" }
            #expect(calls[last + 1] == "fsync partial")
            #expect(Array(end.prefix(2)) == ["\(rename) \(words[0])", "fsync targets"])
            #expect(calls[..<last].contains("pwrite partial"))
            #expect(!calls[..<last].contains { $0.hasPrefix("rename") })
        }
    }

    @Test("a journal tells of data that was flushed before")
    func journal() throws {
        let calls = try calls(["flat.raw", "--resume", "--threads=1", "--rate-limit=12M"])
        let records = calls.indices.filter { calls[$0] == "pwrite journal" }
        // The first tells of no data.
        #expect(records.count > 1)
        for record in records.dropFirst() {
            #expect(calls[record - 1] == "fsync partial")
            #expect(calls[record + 1] == "fsync journal")
        }
    }
}
