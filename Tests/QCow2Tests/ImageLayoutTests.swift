// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

/// The kind of an image to lay out.
struct LayoutCase: Sendable, CustomTestStringConvertible {
    var bits: UInt64
    var refcountBits = 16
    var isExtended = false
    var compression: CompressionType?
    var version: UInt32 = 3

    var options: CreationOptions {
        var options = CreationOptions()
        options.version = version
        options.clusterBytes = 1 << bits
        options.refcountBits = refcountBits
        options.hasExtendedL2 = isExtended
        options.compressionType = compression ?? .zlib
        return options
    }

    var testDescription: String {
        "2^\(bits) v\(version) refcounts of \(refcountBits)\(isExtended ? " extended" : "") "
            + (compression?.name ?? "plain")
    }

    static let all: [LayoutCase] = (9...21 as ClosedRange<UInt64>).flatMap { bits in
        let plain = [LayoutCase(bits: bits), LayoutCase(bits: bits, isExtended: true)]
        let old = [LayoutCase(bits: bits, compression: .zlib, version: 2)]
        let compressed = (0...6).flatMap { order in
            [false, true].map { isExtended in
                LayoutCase(
                    bits: bits,
                    refcountBits: 1 << order,
                    isExtended: isExtended,
                    compression: (Int(bits) + order) % 2 == 0 ? .zlib : .zstd
                )
            }
        }
        return (plain + old + compressed).filter { !$0.isExtended || bits >= 14 }
    }
}

@Suite("Images that are laid out")
struct ImageLayoutTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func judge(_ writer: LayoutWriter) throws {
        let path = directory.path("image.qcow2")
        try QemuImg.check(path)
        let disk = writer.layout.diskBytes
        #expect(
            try MapSegment.map(of: path, diskBytes: disk)
                == MapSegment.normalized(
                    writer.expected.sorted { $0.start < $1.start },
                    diskBytes: disk
                )
        )
        try QemuImg.compare(directory.path("expected.raw"), format: "raw", path, format: "qcow2")
        expectOrder(of: writer)
    }

    /// No byte is written twice, and none behind the end.
    private func expectOrder(of writer: LayoutWriter) {
        let ranges = writer.writes.filter { $0.byteCount > 0 }
            .map { $0.offset..<($0.offset + UInt64($0.byteCount)) }
            .sorted { $0.lowerBound < $1.lowerBound }
        let overlaps = zip(ranges, ranges.dropFirst()).filter { $0.upperBound > $1.lowerBound }
        #expect(overlaps.isEmpty)
        #expect(ranges.allSatisfy { $0.upperBound <= writer.layout.fileBytes })
    }

    @Test(
        "QEMU finds no fault, and reads what was placed where it was placed",
        arguments: LayoutCase.all
    )
    func placed(_ layoutCase: LayoutCase) throws {
        try lay(layoutCase)
    }

    @Test(
        "a used device is no worse than a new file",
        arguments: LayoutCase.all.filter { $0.bits <= 16 && [1, 16].contains($0.refcountBits) }
    )
    func used(_ layoutCase: LayoutCase) throws {
        try lay(layoutCase, usedBytes: 6 << 20)
    }

    /// Makes an image with everything that its kind can have.
    private func lay(_ layoutCase: LayoutCase, usedBytes: Int = 0) throws {
        let geometry = try layoutCase.options.geometry(forDiskOf: 0)
        let perTable = geometry.l2Entries
        var writer = try LayoutWriter(
            options: layoutCase.options,
            // Three tables are begun; the last cluster is cut.
            diskBytes: 2 * geometry.bytesPerL2Table + 7 * geometry.clusterBytes + 512,
            sharesClusters: layoutCase.compression != nil,
            usedBytes: usedBytes,
            in: directory
        )
        try writer.place(0..<3)
        if layoutCase.compression != nil {
            for cluster in 4..<(UInt64(10)) { try writer.placeCompressed(cluster) }
            try writer.place(10..<11)
            try writer.placeCompressed(11)
        }
        if layoutCase.version > 2 { writer.markZero(12..<14) }
        if layoutCase.isExtended {
            try writer.place(14, data: 0x8001_f00f, zeros: 0x0ff0_0010)
            writer.markZero(15..<17, subclusters: 0x5555_0001)
            try writer.place(17, data: 0, zeros: 0)
        }
        // Over the edge of two tables, at once.
        try writer.place((perTable - 2)..<(perTable + 3))
        try writer.writeFinishedTables()
        if layoutCase.compression != nil { try writer.placeCompressed(2 * perTable) }
        try writer.place((2 * perTable + 6)..<(2 * perTable + 8))
        try writer.finish()
        try judge(writer)
    }

    @Test(
        "an empty disk of any size is a sound image",
        arguments: [0, 512, 1 << 20, 1 << 40],
        [2, 3]
    )
    func empty(diskBytes: UInt64, version: UInt32) throws {
        var options = CreationOptions()
        options.version = version
        var writer = try LayoutWriter(
            options: options,
            diskBytes: diskBytes,
            sharesClusters: false,
            in: directory
        )
        try writer.finish()
        let info = try ImageInfo(of: directory.path("image.qcow2"))
        #expect(info.virtualSize == diskBytes)
        try judge(writer)
    }

    @Test(
        "a disk of many refcount blocks, of 512-byte clusters",
        arguments: [1, 16, 64],
        [false, true]
    )
    func manyBlocks(refcountBits: Int, compresses: Bool) throws {
        var options = CreationOptions()
        options.clusterBytes = 512
        options.refcountBits = refcountBits
        let clusters: UInt64 = compresses ? 600 : 5000
        var writer = try LayoutWriter(
            options: options,
            diskBytes: clusters * 512,
            sharesClusters: compresses,
            in: directory
        )
        for cluster in stride(from: UInt64(0), to: clusters, by: 50) {
            if compresses {
                for each in cluster..<(cluster + 45) { try writer.placeCompressed(each) }
                try writer.place((cluster + 45)..<(cluster + 50))
            } else {
                try writer.place(cluster..<(cluster + 50))
            }
        }
        try writer.finish()
        try judge(writer)
        let header = try ImageBytes(path: directory.path("image.qcow2"))
        let blocks = (0..<64).prefix {
            header.number(at: Int(header[.refcountOffset]) + 8 * $0) != 0
        }
        // 64 bits: each block counts 64 clusters, and the table has more than one cluster.
        if !compresses { #expect(blocks.count == [1: 2, 16: 20, 64: 64][refcountBits]) }
        if refcountBits == 64, !compresses { #expect(header[.refcountClusters] == 2) }
    }

    @Test(
        "the header says what was asked for",
        arguments: LayoutCase.all.filter { $0.bits % 4 == 0 }
    )
    func header(_ layoutCase: LayoutCase) throws {
        var options = layoutCase.options
        options.hasLazyRefcounts = layoutCase.version > 2 && layoutCase.refcountBits > 8
        options.backing = CreationOptions.BackingName(name: "some/base.raw", format: "raw")
        var writer = try LayoutWriter(
            options: options,
            diskBytes: 3 << 20,
            sharesClusters: false,
            in: directory
        )
        try writer.finish()
        let info = try ImageInfo(of: directory.path("image.qcow2"))
        #expect(info.virtualSize == 3 << 20)
        #expect(info.clusterSize == options.clusterBytes)
        #expect(info.backingName == "some/base.raw")
        #expect(info.backingFormat == "raw")
        let facts = info.specific.data
        #expect(facts.compat == (options.version == 2 ? "0.10" : "1.1"))
        #expect(facts.refcountBits == options.refcountBits)
        #expect(facts.extendedL2 ?? false == options.hasExtendedL2)
        #expect(facts.lazyRefcounts ?? false == options.hasLazyRefcounts)
        #expect(facts.compressionType == options.compressionType.name)
    }

    @Test("the longest backing name that fits is the one that QEMU reads", arguments: [9, 10, 16])
    func longBackingName(bits: UInt64) throws {
        var options = CreationOptions()
        options.clusterBytes = 1 << bits
        let most = min(1023, (1 << Int(bits)) - 136)
        let name = String(repeating: "n", count: most)
        options.backing = CreationOptions.BackingName(name: name, format: "qcow2")
        var writer = try LayoutWriter(
            options: options,
            diskBytes: 1 << 20,
            sharesClusters: false,
            in: directory
        )
        try writer.finish()
        let info = try ImageInfo(of: directory.path("image.qcow2"))
        #expect(info.backingName == name)
        #expect(info.backingFormat == "qcow2")
    }

    @Test("a plain range is one placement until a table comes between")
    func placements() throws {
        var options = CreationOptions()
        options.clusterBytes = 512
        var layout = try ImageLayout(options: options, diskBytes: 1 << 20, sharesClusters: false)
        // Header, one L1 cluster, the first table: the data begins at the fourth cluster.
        let first = layout.place(0..<10)
        #expect(first.map(\.hostOffset.rawValue) == [3 * 512])
        #expect(first.map(\.byteCount) == [10 * 512])
        let second = layout.place(60..<70)
        #expect(second.map(\.guestOffset) == [60 * 512, 64 * 512])
        #expect(second.map(\.hostOffset.rawValue) == [13 * 512, 18 * 512])
        #expect(second.map(\.byteCount) == [4 * 512, 6 * 512])
        #expect(layout.fileBytes == 24 * 512)
        let tables = layout.takeFinishedParts()
        #expect(tables.map(\.hostOffset.rawValue) == [2 * 512])
        #expect(layout.takeFinishedParts().isEmpty)
    }

    @Test("within reach clusters are placed in any order", arguments: LayoutCase.all)
    func reach(_ layoutCase: LayoutCase) throws {
        let geometry = try layoutCase.options.geometry(forDiskOf: 0)
        let perTable = geometry.l2Entries
        var writer = try LayoutWriter(
            options: layoutCase.options,
            diskBytes: 4 * geometry.bytesPerL2Table,
            sharesClusters: layoutCase.compression != nil,
            reachBytes: geometry.bytesPerL2Table + 1,
            in: directory
        )
        let (second, third) = (perTable, 2 * perTable)
        try writer.place(together: [
            second + 5..<second + 7, 3..<4, second + 1..<second + 2, 8..<11,
        ])
        // The first table is within reach of the third, and the reach ends within a table.
        try writer.place(third..<(third + 2))
        try writer.writeFinishedTables()
        if layoutCase.compression != nil { try writer.placeCompressed(1) }
        if layoutCase.version > 2 { writer.markZero(second + 9..<second + 10) }
        try writer.place(together: [third + 3..<third + 4, 5..<6, second - 1..<second + 1])
        try writer.place(3 * perTable..<(3 * perTable + 1))
        #expect(writer.layout.unwrittenRanges.count >= 4)
        try writer.writeFinishedTables()
        try writer.place(second + 12..<second + 13)
        try writer.finish()
        try judge(writer)
    }

    @Test("clusters that are placed out of order end the program")
    func order() async {
        await #expect(processExitsWith: .failure) {
            var layout = try ImageLayout(
                options: CreationOptions(),
                diskBytes: 1 << 40,
                sharesClusters: false
            )
            _ = layout.place(8192..<8193)
            _ = layout.place(0..<1)
        }
        await #expect(processExitsWith: .failure) {
            var layout = try ImageLayout(
                options: CreationOptions(),
                diskBytes: 1 << 40,
                sharesClusters: false
            )
            layout.reachBytes = 1 << 29
            _ = layout.place(2 * 8192..<(2 * 8192 + 1))
            _ = layout.place(0..<1)
        }
    }
}
