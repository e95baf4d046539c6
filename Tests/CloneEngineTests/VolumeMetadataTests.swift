// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

@Suite("The metadata of a volume")
struct VolumeMetadataTests {
    private let lines = [
        "CAP=46137344",
        "CTIME=1557522135",
        "DESCRIPTION={\"DiskAlias\":\"myvm_Disk1\",\"DiskDescription\":\"a/b\"}",
        "DISKTYPE=DATA",
        "DOMAIN=696be7a4-fe13-4cca-8023-1a1997080176",
        "FORMAT=COW",
        "GEN=7",
        "IMAGE=4d1b596a-6d55-46ff-aaf3-59888ec5e9a3",
        "LEGALITY=LEGAL",
        "PUUID=8cae9a0f-f5c6-41c3-a275-25afe6cfa4b2",
        "SEQ=1",
        "TYPE=SPARSE",
        "VOLTYPE=LEAF",
        "EOF",
    ]
    private var text: String { lines.map { $0 + "\n" }.joined() }

    private func metadata(alias: String = "alias", description: String = "") -> VolumeMetadata {
        let volume = Volume(
            diskID: Disk.ID(),
            domainID: nil,
            path: "/a",
            format: .raw,
            allocation: .preallocated,
            capacityBytes: UInt64(Int64.max),
            status: .locked,
            createdAt: Date(timeIntervalSince1970: 1_700_000_000.9)
        )
        return VolumeMetadata(
            of: volume,
            domainID: StorageDomain.ID(),
            kind: .inner,
            alias: alias,
            description: description
        )
    }

    @Test("vdsm's text is read and comes back byte for byte")
    func read() throws {
        let metadata = try #require(VolumeMetadata(text: text))
        #expect(metadata.capacityBytes == 46_137_344)
        #expect(metadata.createdAt == Date(timeIntervalSince1970: 1_557_522_135))
        #expect((metadata.alias, metadata.description) == ("myvm_Disk1", "a/b"))
        #expect(metadata.domainID.rawValue == "696be7a4-fe13-4cca-8023-1a1997080176")
        #expect(metadata.diskID.rawValue == "4d1b596a-6d55-46ff-aaf3-59888ec5e9a3")
        #expect(metadata.parentID?.rawValue == "8cae9a0f-f5c6-41c3-a275-25afe6cfa4b2")
        #expect(metadata.shape == VolumeShape(.cow, .sparse))
        #expect(metadata.isLegal && metadata.kind == .leaf)
        #expect((metadata.generation, metadata.sequence) == (7, 1))
        #expect(metadata.text == text)
    }

    @Test("the fourth version is read, and unknown keys and what follows the end are passed over")
    func fourth() throws {
        let old = lines.filter { !$0.hasPrefix("GEN") && !$0.hasPrefix("SEQ") }.map { line in
            line.hasPrefix("CAP") ? "SIZE=90112\nMTIME=0\nPOOL_UUID=\nnonsense" : line
        }.joined(separator: "\n")
        var expected = try #require(VolumeMetadata(text: text))
        (expected.generation, expected.sequence) = (0, 0)
        #expect(VolumeMetadata(text: old) == expected)
        #expect(VolumeMetadata(text: old + "\n\0\0VOLTYPE=SHARED\n") == expected)
    }

    @Test("what we write for a volume comes back, its time to the second")
    func roundTrip() throws {
        let written = metadata()
        #expect(written.text.contains("\nLEGALITY=ILLEGAL\n"))
        #expect(written.text.contains("\nPUUID=00000000-0000-0000-0000-000000000000\n"))
        #expect(
            written.text.contains("\nFORMAT=RAW\n") && written.text.contains("\nVOLTYPE=INTERNAL\n")
        )
        #expect(written.text.contains("\nTYPE=PREALLOCATED\n"))
        var expected = written
        expected.createdAt = Date(timeIntervalSince1970: 1_700_000_000)
        #expect(VolumeMetadata(text: written.text) == expected)
    }

    @Test(
        "a value that is missing or impossible is refused",
        arguments: [
            ("EOF\n", ""), ("CAP=46137344\n", ""), ("CAP=46137344", "CAP=-1"),
            ("CAP=46137344", "CAP=9223372036854775808"), ("CAP=46137344", "SIZE=18014398509481984"),
            ("CTIME=1557522135", "CTIME=later"), ("CTIME=1557522135\n", ""),
            ("DOMAIN=696be7a4-fe13-4cca-8023-1a1997080176\n", ""), ("FORMAT=COW", "FORMAT=VMDK"),
            ("GEN=7", "GEN=1000"), ("GEN=7", "GEN=-1"), ("SEQ=1", "SEQ=one"), ("TYPE=SPARSE\n", ""),
            ("LEGALITY=LEGAL\n", ""), ("VOLTYPE=LEAF", "VOLTYPE=ROOT"), ("VOLTYPE=LEAF\n", ""),
        ]
    )
    func damaged(part: String, replacement: String) {
        #expect(text.contains(part))
        #expect(VolumeMetadata(text: text.replacing(part, with: replacement)) == nil)
    }

    @Test("illegal and fake content is not legal", arguments: ["ILLEGAL", "FAKE"])
    func legality(word: String) {
        let text = text.replacing("LEGALITY=LEGAL", with: "LEGALITY=\(word)")
        #expect(VolumeMetadata(text: text)?.isLegal == false)
    }

    @Test("a description that is no JSON stays what it is", arguments: ["", "plain =text", "[1]"])
    func plain(description: String) throws {
        let line = try #require(lines.first { $0.hasPrefix("DESCRIPTION") })
        let read = VolumeMetadata(text: text.replacing(line, with: "DESCRIPTION=\(description)"))
        #expect(read?.alias == "")
        #expect(read?.description == description)
    }

    @Test(
        "long names are cut to whole characters, and the text has at most 512 bytes",
        arguments: [
            "x", "ü", "世", "\u{1F9D1}\u{200D}\u{1F680}", "\"", "\\", "\n", "\u{2028}", "\u{1}",
        ]
    )
    func cut(character: String) throws {
        let cases = [(400, 400), (400, 0), (0, 400), (3, 400), (60, 60)].map { alias, description in
            metadata(
                alias: String(repeating: character, count: alias),
                description: String(repeating: character, count: description)
            )
        }
        let lines = try cases.map { names in
            #expect(names.text.utf8.count <= 512)
            let lines = names.text.unicodeScalars.split(separator: "\n").map(String.init)
            let line = try #require(lines.first { $0.hasPrefix("DESCRIPTION=") })
            return String(line.dropFirst("DESCRIPTION=".count))
        }
        let script = "import json, sys; print(json.dumps([json.loads(a) for a in sys.argv[1:]]))"
        let python = try Command.runSuccessfully("python3", ["-c", script] + lines)
        let found = try JSONDecoder().decode([[String: String]].self, from: python.standardOutput)
        for ((names, json), kept) in zip(zip(cases, lines), found) {
            let alias = try #require(kept["DiskAlias"])
            let description = try #require(kept["DiskDescription"])
            #expect(names.alias.hasPrefix(alias) && names.description.hasPrefix(description))
            // The description goes first, and no more goes than must.
            #expect(description.isEmpty || alias == names.alias)
            let isWhole = (alias, description) == (names.alias, names.description)
            #expect(json.utf8.count <= 210)
            #expect(isWhole || json.utf8.count > 210 - max(6, character.utf8.count))
        }
    }

    @Test("a text takes its name in one step, in place of the one before")
    func write() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("volume.meta")
        try metadata(alias: "first").write(to: path)
        try metadata(alias: "second").write(to: path)
        #expect(
            try VolumeMetadata(text: String(contentsOfFile: path, encoding: .utf8))?.alias
                == "second"
        )
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["volume.meta"]
        )
        try FileManager.default.createDirectory(
            atPath: path + ".new",
            withIntermediateDirectories: false
        )
        #expect(throws: EngineError.self) { try metadata(alias: "third").write(to: path) }
        #expect(
            try VolumeMetadata(text: String(contentsOfFile: path, encoding: .utf8))?.alias
                == "second"
        )
    }
}
