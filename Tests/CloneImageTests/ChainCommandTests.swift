// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import TestSupport
import Testing

/// What `clone-image chain --json` prints.
private struct ChainLine: Decodable {
    struct Layer: Decodable, Equatable {
        let path: String
        let format: String
        let diskBytes: Int
        let fileBytes: Int
        let dataBytes: Int
        let visibleBytes: Int
        let snapshots: [String]
        let backingName: String?
        let isLive: Bool
    }
    struct Collapse: Decodable {
        let readBytes: Int
        let writtenBytes: Int
        let savedBytes: Int
    }

    let diskBytes: Int
    let layers: [Layer]
    let collapse: Collapse
    let warnings: [String]
}

@Suite("clone-image chain and the provenance of bytes")
struct ChainCommandTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func path(_ name: String) -> String { directory.path(name) }

    private func line(_ image: String) throws -> ChainLine {
        try Tool.run("chain", image, "--json").decoded(as: ChainLine.self)
    }

    /// A base with 3 MiB of which the overlay hides the middle one; the base has a snapshot.
    private func smallChain() throws {
        try QemuImg.create(path("base.qcow2"), size: 8 << 20)
        try QemuImg.io(path("base.qcow2"), ["write -q -P 1 0 3M"])
        try QemuImg.snapshot("before", of: path("base.qcow2"))
        try QemuImg.create(path("top.qcow2"), size: 16 << 20, backing: "base.qcow2")
        try QemuImg.io(path("top.qcow2"), ["write -q -P 2 1M 1M", "write -q -z 4M 64k"])
    }

    @Test("layers are told oldest first, with what they have and what is seen of it")
    func json() throws {
        try smallChain()
        let line = try line(path("top.qcow2"))
        #expect(line.diskBytes == 16 << 20)
        #expect(line.layers.map(\.path) == [path("base.qcow2"), path("top.qcow2")])
        #expect(line.layers.map(\.dataBytes) == [3 << 20, 1 << 20])
        #expect(line.layers.map(\.visibleBytes) == [2 << 20, 1 << 20])
        #expect(line.layers.map(\.diskBytes) == [8 << 20, 16 << 20])
        #expect(line.layers.map(\.snapshots) == [["before"], []])
        #expect(line.layers.map(\.backingName) == [nil, "base.qcow2"])
        #expect(line.layers.allSatisfy { !$0.isLive })
        let fileBytes = try line.layers.map { Int(try FileFacts($0.path).allocatedBytes) }
        #expect(line.layers.map(\.fileBytes) == fileBytes)
        #expect(line.collapse.readBytes == 3 << 20)
        #expect(line.collapse.writtenBytes == 3 << 20)
        #expect(line.collapse.savedBytes == fileBytes.reduce(0, +) - 3 << 20)
        #expect(line.warnings.count == 1 && line.warnings[0].contains("shorter"))
    }

    @Test("clusters that nothing refers to, and counts that contradict tables, are warned of")
    func counts() throws {
        try smallChain()
        let base = path("base.qcow2")
        var damage = try ImageDamage(base)
        damage.addToRefcount(of: 3, 1)
        try damage.save()
        let leaked = try line(path("top.qcow2")).warnings.filter { $0.hasPrefix(base) }
        #expect(leaked.count == 2 && leaked[1].contains("65536 bytes of its file count as used"))
        damage.addToRefcount(of: 3, -2)
        try damage.save()
        let broken = try line(path("top.qcow2")).warnings
        #expect(broken.contains { $0.hasPrefix(base) && $0.contains("contradict each other") })
    }

    @Test("what a collapse is said to read and write, it reads and writes")
    func prophecy() throws {
        try smallChain()
        let line = try line(path("top.qcow2"))
        struct Report: Decodable { let readBytes: Int, writtenBytes: Int }
        let report = try Tool.collapse(
            path("top.qcow2"),
            path("flat.raw"),
            "--json",
            "--reflink",
            "never"
        ).decoded(as: Report.self)
        #expect(report.readBytes == line.collapse.readBytes)
        #expect(report.writtenBytes == line.collapse.writtenBytes)
    }

    @Test("people get a table with a tree")
    func text() throws {
        try smallChain()
        let output = try Tool.run("chain", "top.qcow2", in: path(""))
        #expect(output.isSuccess)
        let lines = output.text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("LAYER"))
        #expect(lines[1].hasPrefix("base.qcow2") && lines[1].hasSuffix("3 MiB    2 MiB   67 %"))
        #expect(lines[2] == "├─ @before")
        #expect(lines[3].hasPrefix("└─ top.qcow2") && lines[3].hasSuffix("1 MiB    1 MiB  100 %"))
        #expect(lines[4].hasPrefix("2 layers, a disk of 16 MiB. A collapse reads 3 MiB"))
        #expect(lines.count == 6 && lines[5].hasPrefix("warning: base.qcow2: its disk"))
        #expect(try Tool.run("chain", "file:top.qcow2", in: path("")).text == output.text)
    }

    @Test("absolute names, formats that nobody recorded and live layers are told of")
    func warnings() throws {
        try QemuImg.create(path("base.qcow2"), size: 1 << 20)
        try QemuImg.create(path("middle.qcow2"), size: 1 << 20, backing: path("base.qcow2"))
        try QemuImg.create(path("top.qcow2"), size: 1 << 20, backing: "middle.qcow2")
        try Self.forgetBackingFormat(of: path("top.qcow2"))
        let writer = try ImageWriter(path("top.qcow2"))
        let live = try line(path("top.qcow2"))
        writer.stop()
        #expect(live.layers.map(\.isLive) == [false, false, true])
        #expect(live.warnings.count == 3)
        #expect(live.warnings[0].contains("top.qcow2: a running VM"))
        #expect(live.warnings[1].contains("top.qcow2: it does not record"))
        #expect(
            live.warnings[2].contains("middle.qcow2: it names its backing file by the absolute")
        )
        #expect(try line(path("top.qcow2")).layers.allSatisfy { !$0.isLive })
    }

    /// Turns the header extension of the backing format into one that programs pass over.
    private static func forgetBackingFormat(of path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let mark = Data([0xe2, 0x79, 0x2a, 0xca])
        let range = try #require(bytes.range(of: mark))
        bytes.replaceSubrange(range, with: [0x12, 0x34, 0x56, 0x78])
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test("errors are told as elsewhere")
    func errors() throws {
        let output = try Tool.run("chain", path("nothing.qcow2"), "--json")
        #expect(output.status == 2)
        #expect(output.text.contains("\"status\":\"failed\""))
        #expect(output.standardError.contains("nothing.qcow2"))
    }

    @Test("of a chain that is broken below, the layers above are told before the error")
    func broken() throws {
        try smallChain()
        try QemuImg.create(path("upper.qcow2"), size: 16 << 20, backing: "top.qcow2")
        try FileManager.default.removeItem(atPath: path("base.qcow2"))
        let output = try Tool.run("chain", "upper.qcow2", in: path(""))
        let lines = output.text.split(separator: "\n").map(String.init)
        #expect(output.status == 2)
        #expect(
            output.standardError.hasPrefix("clone-image: upper.qcow2 -> top.qcow2: base.qcow2: ")
        )
        #expect(lines.count == 4 && lines[1] == "(cannot be opened)")
        #expect(lines[2].hasPrefix("└─ top.qcow2 ") && lines[2].hasSuffix("1 MiB    1 MiB  100 %"))
        #expect(lines[3].hasPrefix("   └─ upper.qcow2 "))
        struct Failure: Decodable { let status: String, code: String, layers: [ChainLine.Layer] }
        let failed = try Tool.run("chain", "upper.qcow2", "--json", in: path(""))
        let document = try failed.decoded(as: Failure.self)
        #expect(failed.status == 2 && failed.standardError == output.standardError)
        #expect((document.status, document.code) == ("failed", "broken-chain"))
        #expect(document.layers.map(\.path) == ["top.qcow2", "upper.qcow2"])
        #expect(document.layers.map(\.backingName) == ["base.qcow2", "top.qcow2"])
        #expect(document.layers.map(\.visibleBytes) == [1 << 20, 0])
    }

    /// A line of `map --provenance`.
    private struct Run: Decodable {
        let kind: String
        let start: Int
        let length: Int
        let layer: Int?
        let offset: Int?
        let compressedLength: Int?
    }

    @Test(
        "the provenance of random chains is what qemu-img map tells",
        arguments: 1301...1340 as ClosedRange<UInt64>
    )
    func provenance(seed: UInt64) throws {
        let built = try ChainRecipe(seed: seed).build(in: directory)
        let output = try Tool.run("map", "--provenance", "-f", built.topFormat, built.topPath)
        #expect(output.isSuccess, "\(output)")
        let runs = try output.text.split(separator: "\n").dropFirst().map {
            try JSONDecoder().decode(Run.self, from: Data($0.utf8))
        }
        var position = 0
        for run in runs {
            #expect(run.start == position && run.length > 0)
            position += run.length
        }
        let told = try QemuImg.map(built.topPath, format: built.topFormat)
        #expect(position == told.map { $0.start + $0.length }.max() ?? 0)
        // Each run of data lies where QEMU says it does.
        for entry in told where entry.data {
            let end = entry.start + entry.length
            let inside = runs.filter { $0.start < end && $0.start + $0.length > entry.start }
            #expect(inside.allSatisfy { $0.layer == entry.depth }, "seed \(seed): \(entry)")
            for run in inside {
                #expect((run.kind == "compressed") == (entry.offset == nil), "seed \(seed): \(run)")
                guard run.kind == "data", let offset = run.offset else { continue }
                #expect(offset - run.start == (entry.offset ?? 0) - entry.start)
            }
        }
        var dataBytes = runs.filter { $0.offset != nil }.reduce(0) { $0 + $1.length }
        // What is not told as data, though QEMU does, is a large hole of a layer's file.
        try QemuImg.convert(built.topPath, from: built.topFormat, to: path("content"))
        let content = try FileHandle(forReadingFrom: URL(fileURLWithPath: path("content")))
        for run in runs where run.offset == nil {
            for entry in told where entry.data {
                let start = max(run.start, entry.start)
                let count = min(run.start + run.length, entry.start + entry.length) - start
                guard count > 0 else { continue }
                dataBytes += count
                try content.seek(toOffset: UInt64(start))
                #expect(try content.read(upToCount: count) == Data(count: count), "seed \(seed)")
            }
        }
        #expect(dataBytes == told.filter(\.data).reduce(0) { $0 + $1.length }, "seed \(seed)")
    }

    @Test("a compressed cluster's length holds its stream and no more than a sector beyond")
    func compressedLength() throws {
        let raw = path("a.raw")
        try Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 / 7 % 251) })
            .write(to: URL(fileURLWithPath: raw))
        try QemuImg.convert(
            raw,
            from: "raw",
            to: path("a.qcow2"),
            format: "qcow2",
            compressed: true
        )
        let runs = try Tool.run("map", "--provenance", path("a.qcow2")).text
            .split(separator: "\n").dropFirst().map {
                try JSONDecoder().decode(Run.self, from: Data($0.utf8))
            }
        #expect(runs.count == 16)
        let image = try Data(contentsOf: URL(fileURLWithPath: path("a.qcow2")))
        for (run, next) in zip(runs, runs.dropFirst()) {
            let offset = try #require(run.offset), length = try #require(run.compressedLength)
            #expect(run.kind == "compressed" && (offset + length) % 512 == 0)
            // qemu-img puts one stream behind the other.
            let nextOffset = try #require(next.offset)
            #expect(offset + length >= nextOffset && offset + length - nextOffset < 512)
            #expect(offset + length <= image.count + 511)
        }
    }

    @Test("the drawing is well-formed and shows each layer")
    func drawing() throws {
        try smallChain()
        let name = "top & <bottom>.qcow2"
        try FileManager.default.copyItem(atPath: path("top.qcow2"), toPath: path(name))
        let output = try Tool.run("map", "--svg", path("a.svg"), path(name))
        #expect(output.isSuccess && output.text.isEmpty)
        let document = try XMLDocument(contentsOf: URL(fileURLWithPath: path("a.svg")))
        let texts = try document.nodes(forXPath: "//*[local-name()='text']").map(\.stringValue)
        #expect(texts.contains { $0?.contains("2 layers, a disk of 16 MiB") == true })
        #expect(texts.contains(name) && texts.contains("base.qcow2"))
        #expect(texts.contains("2 MiB of 3 MiB") && texts.contains("1 MiB of 1 MiB"))
    }
}
