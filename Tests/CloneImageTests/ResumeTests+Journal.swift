// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension ResumeTests {
    /// A file of whole blocks, as `docs/crashes.md` describes it.
    private struct JournalBytes {
        private(set) var content = Data()
        private var lastHash = Data(count: 32)

        /// Adds a block with the hash that it has to have.
        mutating func append(_ words: Data) throws {
            let block = JournalBytes.word(UInt64(words.count / 8)) + words
            let directory = try TemporaryDirectory()
            let path = directory.path("block")
            try (lastHash + block).write(to: URL(fileURLWithPath: path))
            let digits = Array(try sha256(ofFile: path))
            lastHash = Data(
                stride(from: 0, to: 64, by: 2).compactMap {
                    UInt8(String(digits[$0...($0 + 1)]), radix: 16)
                }
            )
            content += block + lastHash
        }

        static func word(_ value: UInt64) -> Data {
            Data((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - $0 * 8)) })
        }
    }

    /// What is wrong with a journal, and what is said about it; nil when the copy may go on.
    private struct Damage {
        let name: String
        var sentence: String?
        var status: Int32 = 0
        let journal: Data
    }

    private static let unreadable = "the journal is not what it was before"

    /// The first block of a journal: program, options, number of layers, two layers.
    private static func head(of journal: Data) -> Data { journal[8..<(8 + 5 * 32)] }

    private func cut(_ journal: Data) -> [Damage] {
        let headBytes = 8 + 5 * 32 + 32
        return [7, 8, 100, headBytes - 1].map {
            Damage(name: "cut to \($0)", sentence: Self.unreadable, journal: journal.prefix($0))
        }
            + [0, headBytes, headBytes + 4, journal.count - 1].map {
                Damage(name: "cut to \($0)", journal: journal.prefix($0))
            }
    }

    private func flipped(_ journal: Data) -> [Damage] {
        [0, 7, 8, 167, 168, 199, 200, 207, 208, journal.count - 1].map { place in
            var changed = journal
            changed[place] ^= 1 << UInt8(place % 8)
            let sentence = place < 200 ? Self.unreadable : nil
            return Damage(name: "changed at \(place)", sentence: sentence, journal: changed)
        }
    }

    private func miscounted(_ journal: Data) throws -> [Damage] {
        let counts: [UInt64] = [.max, 1 << 61, (1 << 61) + 20, 1 << 63, 131_073]
        var damages = counts.map {
            Damage(
                name: "count \($0)",
                sentence: Self.unreadable,
                journal: JournalBytes.word($0) + journal.dropFirst(8)
            )
        }
        for count in [UInt64.max, 1 << 63, 1] {
            var whole = JournalBytes()
            try whole.append(Self.head(of: journal))
            try whole.append(JournalBytes.word(0) + JournalBytes.word(count))
            let sentence = "the journal does not belong to this copy"
            damages.append(
                Damage(
                    name: "entry of \(count)",
                    sentence: sentence,
                    status: 3,
                    journal: whole.content
                )
            )
        }
        return damages
    }

    private func foreign(_ journal: Data) throws -> [Damage] {
        let parts = ["this program", "an option", "number of layers", "top.qcow2", "base.qcow2"]
        return try parts.enumerated().map { index, part in
            var head = Data(Self.head(of: journal))
            head[index * 32] ^= 1
            var whole = JournalBytes()
            try whole.append(head)
            let rest = journal.dropFirst(whole.content.count)
            let sentence = "\(part) is not what it was before"
            return Damage(name: part, sentence: sentence, journal: whole.content + rest)
        }
    }

    @Test("a damaged journal, or that of another copy, never makes wrong data")
    func damagedJournal() throws {
        try interrupt("flat.qcow2")
        let name = try #require(try names.first { $0.hasSuffix("-journal") })
        let journal = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        var whole = JournalBytes()
        try whole.append(Self.head(of: journal))
        try #require(journal.starts(with: whole.content))
        try Command.runSuccessfully("mv", [folder, directory.path("kept")])
        for damage in try cut(journal) + flipped(journal) + miscounted(journal) + foreign(journal) {
            try Command.runSuccessfully("cp", ["-a", directory.path("kept"), folder])
            try damage.journal.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            let output = try collapse("flat.qcow2", "--resume")
            #expect(output.status == damage.status, "\(damage.name): \(output.standardError)")
            let said = output.standardError
            #expect(damage.sentence.map(said.contains) ?? said.isEmpty, "\(damage.name): \(said)")
            if damage.status == 0 {
                try expectCopy("flat.qcow2", format: "qcow2")
                #expect(try names == ["flat.qcow2"])
            }
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test(
        "what is no journal of one's own has no effect, and is left alone",
        arguments: [
            "mv J ../elsewhere && ln -s ../elsewhere J", "rm J && mkfifo J", "rm J && mkdir J",
            "rm J && ln -s /dev/zero J", "rm J && mknod J c 1 5", "chown 65534 J", "rm J",
        ]
    )
    func noJournal(script: String) throws {
        try interrupt("flat.raw")
        let name = try #require(try names.first { $0.hasSuffix("-journal") })
        try Command.runSuccessfully("sh", ["-c", script.replacing("J", with: name)], in: folder)
        let output = try collapse("flat.raw", "--resume", "--json")
        #expect(output.isSuccess)
        #expect(try output.decoded(as: Report.self).resumedBytes == 0)
        try expectCopy("flat.raw", format: "raw")
        let isGone = script == "rm J" || script.hasPrefix("chown")
        #expect(try names == (isGone ? ["flat.raw"] : [name, "flat.raw"]))
        let elsewhere = directory.path("elsewhere")
        if script.hasPrefix("mv") { #expect(try FileFacts(elsewhere).byteCount > 200) }
    }
}
