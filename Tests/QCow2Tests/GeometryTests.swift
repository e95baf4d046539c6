// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import QCow2

@Suite("Sizes that follow from the cluster bits")
struct GeometryTests {
    @Test(
        "clusters of 512 bytes to 2 MiB exist, and no others",
        arguments: 0...64 as ClosedRange<UInt32>
    )
    func standard(bits: UInt32) {
        let geometry = Geometry(clusterBits: bits, hasExtendedL2: false)
        #expect((geometry != nil) == (9...21).contains(bits))
    }

    @Test(
        "with subclusters, clusters of 16 KiB to 2 MiB exist",
        arguments: 0...64 as ClosedRange<UInt32>
    )
    func extended(bits: UInt32) {
        let geometry = Geometry(clusterBits: bits, hasExtendedL2: true)
        #expect((geometry != nil) == (14...21).contains(bits))
    }

    @Test("absurd cluster bits are refused", arguments: [255, 256, 0x8000_0009, .max] as [UInt32])
    func absurd(bits: UInt32) {
        #expect(Geometry(clusterBits: bits, hasExtendedL2: false) == nil)
        #expect(Geometry(clusterBits: bits, hasExtendedL2: true) == nil)
    }

    /// Cluster bytes, entries per table, bytes per table, subcluster bytes: the specification's
    /// formulas, worked out by hand.
    static let standardSizes: [(UInt32, UInt64, UInt64, UInt64)] = [
        (9, 512, 64, 32 << 10), (10, 1024, 128, 128 << 10), (11, 2048, 256, 512 << 10),
        (12, 4096, 512, 2 << 20), (13, 8192, 1024, 8 << 20), (14, 16 << 10, 2048, 32 << 20),
        (15, 32 << 10, 4096, 128 << 20), (16, 64 << 10, 8192, 512 << 20),
        (17, 128 << 10, 16_384, 2 << 30), (18, 256 << 10, 32_768, 8 << 30),
        (19, 512 << 10, 65_536, 32 << 30), (20, 1 << 20, 131_072, 128 << 30),
        (21, 2 << 20, 262_144, 512 << 30),
    ]

    @Test("a standard table has a word per cluster", arguments: standardSizes)
    func standardTable(bits: UInt32, cluster: UInt64, entries: UInt64, table: UInt64) throws {
        let geometry = try #require(Geometry(clusterBits: bits, hasExtendedL2: false))
        #expect(geometry.clusterBytes == cluster)
        #expect(geometry.l2Entries == entries)
        #expect(geometry.bytesPerL2Table == table)
        #expect(geometry.wordsPerL2Entry == 1)
        #expect(geometry.subclusterBytes == cluster)
    }

    @Test(
        "an extended table has half as many entries and 32 subclusters each",
        arguments: standardSizes
    )
    func extendedTable(bits: UInt32, cluster: UInt64, entries: UInt64, table: UInt64) throws {
        guard bits >= 14 else { return }
        let geometry = try #require(Geometry(clusterBits: bits, hasExtendedL2: true))
        #expect(geometry.clusterBytes == cluster)
        #expect(geometry.l2Entries == entries / 2)
        #expect(geometry.bytesPerL2Table == table / 2)
        #expect(geometry.wordsPerL2Entry == 2)
        #expect(geometry.subclusterBytes == cluster / 32)
        #expect(geometry.subclusterBytes >= 512)
    }

    @Test(
        "a disk needs an L1 entry for each table that it begins",
        arguments: [
            (12, 0, 0), (12, 1, 1), (12, 2 << 20, 1), (12, (2 << 20) + 1, 2), (12, 8 << 20, 4),
            (9, 128 << 30, 4 << 20), (16, 2 << 50, 4 << 20), (21, 2 << 60, 4 << 20),
            (9, .max, 1 << 49), (21, .max, 1 << 25),
        ] as [(UInt32, UInt64, UInt64)]
    )
    func l1Entries(bits: UInt32, disk: UInt64, entries: UInt64) throws {
        let geometry = try #require(Geometry(clusterBits: bits, hasExtendedL2: false))
        #expect(geometry.l1Entries(forDiskOf: disk) == entries)
    }

    @Test("an offset is aligned when it is a multiple of the cluster size")
    func alignment() throws {
        let geometry = try #require(Geometry(clusterBits: 12, hasExtendedL2: false))
        for offset in [0, 4096, 1 << 40, (1 << 56) - 4096] as [UInt64] {
            #expect(geometry.isAligned(offset))
            for bit in 0..<12 { #expect(!geometry.isAligned(offset + 1 << UInt64(bit))) }
        }
    }
}
