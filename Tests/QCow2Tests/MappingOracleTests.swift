// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import QCow2

/// An image that qemu-img and qemu-io make at random places, from its options and a seed.
struct WrittenImage: Sendable, CustomTestStringConvertible {
    var clusterBits: Int
    var options: [String] = []
    var compresses = false
    var hasDataFile = false
    var seed: UInt64 = 0

    var testDescription: String {
        let flags = [compresses ? "compressed" : "", hasDataFile ? "data file" : ""]
        return (["2^\(clusterBits)"] + options + flags + ["seed \(seed)"]).joined(separator: " ")
    }

    private var clusterBytes: Int { 1 << clusterBits }
    private var isExtended: Bool { options.contains("extended_l2=on") }
    private var bytesPerTable: Int { clusterBytes * clusterBytes / (isExtended ? 16 : 8) }

    /// Two tables, and a part of a third that ends within a cluster.
    var diskBytes: Int { 2 * bytesPerTable + 5 * clusterBytes + 3 * 512 }

    /// Creates the image and writes to it.
    func make(at path: String, dataFile: String) throws {
        // Bytes that compress to about a half; qemu-io repeats them to fill a write.
        var random = SeededGenerator(seed: seed)
        let text = path + ".text"
        try random.bytes(33_331, mask: 0x4f).write(to: URL(fileURLWithPath: text))
        var list = options + ["cluster_size=\(clusterBytes)"]
        if hasDataFile { list.append("data_file=\(dataFile)") }
        try QemuImg.create(path, size: diskBytes, options: list)
        try QemuImg.io(path, commands(text: text))
    }

    private func commands(text: String) -> [String] {
        var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(clusterBits))
        // The beginning, the edge between two tables, and the end.
        let anchors = [
            0, bytesPerTable - 3 * clusterBytes, (diskBytes - 1) / clusterBytes * clusterBytes,
        ]
        var commands: [String] = []
        if compresses {
            // Nothing is compressed over a cluster that is allocated: these come first. Those that
            // are far from all others stay.
            for cluster in 20...23 {
                let place = cluster * clusterBytes
                commands.append("write -q -c -s \(text) \(place) \(clusterBytes)")
            }
            for cluster in 0...6 where random.chance(70) {
                let place = (cluster < 4 ? 0 : anchors[1]) + cluster * clusterBytes
                commands.append(
                    "write -q -c -P \(random.int(in: 1...255)) \(place) \(clusterBytes)"
                )
            }
        }
        for _ in 0..<random.int(in: 10...16) {
            let anchor = random.pick(anchors)
            let room = min(8 * clusterBytes, diskBytes - anchor) / 512
            let first = random.int(in: 0...(room - 1))
            let count = random.int(in: 1...min(room - first, max(1, 3 * clusterBytes / 512)))
            let range = "\(anchor + first * 512) \(count * 512)"
            commands.append(
                random.pick(weighted: [
                    "write -q -P \(random.int(in: 1...255)) \(range)": 55,
                    "write -q -z \(range)": 20,
                    "write -q -z -u \(range)": 12,
                    "discard -q \(range)": 13,
                ])
            )
        }
        return commands
    }
}

@Suite("Tables as QEMU reads them")
struct MappingOracleTests {
    private static let allBits = Array(9...21)

    static let images: [WrittenImage] =
        allBits.map { WrittenImage(clusterBits: $0) }
        + allBits.map { WrittenImage(clusterBits: $0, options: ["compat=0.10"], compresses: true) }
        + allBits.map { WrittenImage(clusterBits: $0, compresses: true, seed: 1) }
        + allBits.map {
            WrittenImage(clusterBits: $0, options: ["compression_type=zstd"], compresses: true)
        }
        + (0...6).map { WrittenImage(clusterBits: 12, options: ["refcount_bits=\(1 << $0)"]) }
        + allBits.suffix(8).flatMap { bits in
            (2...4).map { seed in
                WrittenImage(
                    clusterBits: bits,
                    options: ["extended_l2=on", "compression_type=\(seed == 3 ? "zstd" : "zlib")"],
                    compresses: seed > 2,
                    seed: seed
                )
            }
        }
        + [9, 12, 16, 21].map { WrittenImage(clusterBits: $0, hasDataFile: true) }
        + [WrittenImage(clusterBits: 14, options: ["extended_l2=on"], hasDataFile: true, seed: 5)]

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ recipe: WrittenImage) throws -> QCow2Image {
        let (path, data) = (directory.path("image.qcow2"), directory.path("data.raw"))
        try recipe.make(at: path, dataFile: data)
        return try QCow2Image(path: path, dataFile: recipe.hasDataFile ? data : nil)
    }

    @Test("every run is where QEMU finds it, and has the bytes that QEMU reads", arguments: images)
    func oracle(_ recipe: WrittenImage) throws {
        let image = try open(recipe)
        let disk = UInt64(recipe.diskBytes)
        let table = try image.activeTable()
        #expect(table.diskBytes == disk)
        #expect(table.lostBytes == 0)
        let runs = try image.runs(of: table)
        let expected = try MapSegment.map(of: image.path, diskBytes: disk)
        #expect(try MapSegment.map(of: runs, diskBytes: disk) == expected)
        let hasCompressed = expected.contains { $0.kind == .compressed }
        #expect(hasCompressed == recipe.compresses)
        try expectBytes(of: runs, image)
    }

    /// Compares each run with the same part of QEMU's conversion.
    private func expectBytes(of runs: [MappedRun], _ image: QCow2Image) throws {
        let path = directory.path("expected.raw")
        try QemuImg.convert(image.path, to: path)
        let expected = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        var differing: [MappedRun] = []
        for run in runs where run.mapping != .zeros {
            try expected.seek(toOffset: run.guestOffset)
            let bytes = try expected.read(upToCount: Int(run.byteCount)) ?? Data()
            if try Data(image.bytes(of: run)) != bytes { differing.append(run) }
        }
        #expect(differing == [])
    }

    @Test(
        "a part of the disk has the runs of the whole, cut to size",
        arguments: [
            WrittenImage(clusterBits: 9, compresses: true, seed: 10),
            WrittenImage(clusterBits: 12, compresses: true, seed: 11),
            WrittenImage(clusterBits: 14, options: ["extended_l2=on"], compresses: true, seed: 12),
            WrittenImage(clusterBits: 16, options: ["extended_l2=on"], seed: 13),
        ]
    )
    func parts(_ recipe: WrittenImage) throws {
        let image = try open(recipe)
        let table = try image.activeTable()
        let whole = try image.runs(of: table)
        var random = SeededGenerator(seed: recipe.seed)
        // Sectors: the layer above may have smaller clusters.
        let unit = 512
        for _ in 0..<60 {
            // Near an edge of a run, and often within a cluster.
            let edges = whole.flatMap { [Int($0.guestOffset), Int($0.guestEnd)] } + [0]
            let start = max(0, random.pick(edges) + random.int(in: -20...20) * unit)
            let end = start + random.int(in: 1...300) * unit
            let range = UInt64(start)..<UInt64(max(start, min(end, recipe.diskBytes + 10 * unit)))
            guard !range.isEmpty else { continue }
            let cut = whole.compactMap { $0.clipped(to: range) }
            let found = try image.runs(of: table, in: range)
            #expect(found == cut, "seed \(recipe.seed), \(range)")
        }
    }

    @Test("a snapshot's state is mapped in the size it had", arguments: ["small", "large"])
    func snapshot(name: String) throws {
        let image = try QCow2Image(path: fixturePath("snapshots"))
        let snapshot = try #require(try image.snapshot(named: name))
        let table = try image.table(of: snapshot)
        // QEMU maps the active state only: the snapshot is made the active one in a copy.
        let copy = directory.path("copy.qcow2")
        try FileManager.default.copyItem(atPath: fixturePath("snapshots"), toPath: copy)
        try Command.runSuccessfully("qemu-img", ["snapshot", "-q", "-a", name, copy])
        let runs = try image.runs(of: table)
        let disk = table.diskBytes
        #expect(
            try MapSegment.map(of: runs, diskBytes: disk)
                == MapSegment.map(of: copy, diskBytes: disk)
        )
    }

    @Test("preallocated clusters of zeros are zeros, although they have a place")
    func zeroAllocated() throws {
        let path = directory.path("image.qcow2")
        try QemuImg.create(path, size: 1 << 20, options: ["cluster_size=4096"])
        try QemuImg.io(path, ["write -q -P 7 0 64k", "write -q -z 8k 16k", "write -q -z 100k 8k"])
        let image = try QCow2Image(path: path)
        let bytes = try ImageBytes(path: path)
        let table = Int(bytes.number(at: Int(image.header.l1TableOffset)) & 0x00ff_ffff_ffff_fe00)
        // What the image has there: the flag with a place, and the flag alone.
        #expect(bytes.number(at: table + 2 * 8) & 1 == 1)
        #expect(bytes.number(at: table + 2 * 8) & 0x00ff_ffff_ffff_fe00 != 0)
        #expect(bytes.number(at: table + 25 * 8) == 1)
        let runs = try image.runs(of: image.activeTable()).filter { $0.mapping == .zeros }
        #expect(runs.map(\.guestOffset) == [8 << 10, 100 << 10])
        #expect(runs.map(\.byteCount) == [16 << 10, 8 << 10])
    }

    @Test(
        "an empty disk of any size has no runs and keeps no entries",
        arguments: [0, 1 << 20, 1 << 50]
    )
    func empty(size: Int) throws {
        let path = directory.path("image.qcow2")
        try QemuImg.create(path, size: size, options: ["cluster_size=2097152"])
        let image = try QCow2Image(path: path)
        let table = try image.activeTable()
        #expect(try image.runs(of: table).isEmpty)
        #expect(Array(table.allocatedRanges).isEmpty)
        #expect(table.diskBytes == UInt64(size))
    }

    @Test("the allocated ranges are those whose L2 tables exist")
    func allocatedRanges() throws {
        let path = directory.path("image.qcow2")
        let table: UInt64 = 2 << 20
        try QemuImg.create(path, size: (9 << 20) + 512, options: ["cluster_size=4096"])
        try QemuImg.io(path, ["write -q -P 1 3M 4k", "write -q -P 1 9M 512", "write -q -P 1 0 1k"])
        let ranges = try Array(QCow2Image(path: path).activeTable().allocatedRanges)
        #expect(ranges == [0..<table, table..<(2 * table), (4 * table)..<((9 << 20) + 512)])
    }
}

extension MappedRun {
    /// The part of the run within a range; nil when there is none.
    fileprivate func clipped(to range: Range<UInt64>) -> MappedRun? {
        let start = max(guestOffset, range.lowerBound)
        let end = min(guestEnd, range.upperBound)
        guard start < end else { return nil }
        var mapping = mapping
        if case .data(let place) = mapping {
            mapping = .data(place.advanced(by: start - guestOffset))
        }
        return MappedRun(guestOffset: start, byteCount: end - start, mapping: mapping)
    }
}
