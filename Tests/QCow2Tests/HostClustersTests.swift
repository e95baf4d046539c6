// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import QCow2

@Suite("Handing out host clusters")
struct HostClustersTests {
    /// The refcounts that a block's bytes say, read as the specification has them.
    private func refcounts(_ block: [UInt8], bits: Int) -> [UInt64] {
        (0..<(block.count * 8 / bits)).map { entry in
            if bits < 8 {
                let byte = block[entry * bits / 8]
                return UInt64(byte) / (1 << UInt64(entry * bits % 8)) % (1 << UInt64(bits))
            }
            let start = entry * bits / 8
            return block[start..<(start + bits / 8)].reduce(0) { $0 * 256 + UInt64($1) }
        }
    }

    /// All refcounts of a finished file.
    private func refcounts(
        _ clusters: HostClusters,
        _ places: HostClusters.Refcounts,
        bits: Int
    ) -> [UInt64] {
        (0..<places.blockCount).flatMap { refcounts(clusters.refcountBlock($0), bits: bits) }
    }

    @Test(
        "refcounts say how often each cluster is used, for all widths and sizes",
        arguments: [1, 2, 4, 8, 16, 32, 64],
        [9, 12, 16]
    )
    func counts(bits: Int, clusterBits: Int) throws {
        var random = SeededGenerator(seed: UInt64(bits * 100 + clusterBits))
        let clusterBytes = UInt64(1) << UInt64(clusterBits)
        var clusters = HostClusters(
            clusterBytes: clusterBytes,
            refcountBits: bits,
            sharesClusters: true
        )
        var ranges: [Range<UInt64>] = []
        for _ in 0..<500 {
            let isPlain = random.chance(20)
            let most = random.chance(50) ? 40 : Int(clusterBytes) - 1
            let count = UInt64(random.int(in: 1...(isPlain ? 5 : most)))
            let start = isPlain ? clusters.take(count) : clusters.takeBytes(count)
            let length = isPlain ? count * clusterBytes : count
            #expect(!isPlain || start.rawValue % clusterBytes == 0)
            ranges.append(start.rawValue..<(start.rawValue + length))
        }
        let places = try clusters.placeRefcounts()
        ranges.append(contentsOf: [
            places.tableOffset.rawValue..<clusters.byteCount
        ])
        // Never the same byte twice.
        ranges.sort { $0.lowerBound < $1.lowerBound }
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        var uses = [UInt64](repeating: 0, count: Int(clusters.count))
        for range in ranges {
            for cluster in range.lowerBound / clusterBytes...(range.upperBound - 1) / clusterBytes {
                uses[Int(cluster)] += 1
            }
        }
        let counted = refcounts(clusters, places, bits: bits)
        #expect(counted == uses + Array(repeating: 0, count: counted.count - uses.count))
        #expect(uses.allSatisfy { $0 > 0 && (bits == 64 || $0 < 1 << UInt64(bits)) })
    }

    @Test("streams share clusters as long as the refcount has room", arguments: [1, 2, 4, 8, 16])
    func sharing(bits: Int) {
        var clusters = HostClusters(clusterBytes: 65_536, refcountBits: bits, sharesClusters: true)
        let places = (0..<1000).map { _ in clusters.takeBytes(10).rawValue }
        let perCluster = min((1 << bits) - 1, 1000)
        #expect(clusters.count == UInt64((1000 + perCluster - 1) / perCluster))
        #expect(
            places == (0..<1000).map { UInt64($0 / perCluster * 65_536 + $0 % perCluster * 10) }
        )
    }

    @Test("a stream goes on into a new cluster only where nothing lies between")
    func crossing() {
        var clusters = HostClusters(clusterBytes: 512, refcountBits: 16, sharesClusters: true)
        #expect(clusters.takeBytes(300).rawValue == 0)
        #expect(clusters.takeBytes(300).rawValue == 300)
        #expect(clusters.take(1).rawValue == 1024)
        // The room behind 600 is too short, and the next cluster is taken.
        #expect(clusters.takeBytes(500).rawValue == 1536)
        #expect(clusters.takeBytes(12).rawValue == 2036)
        #expect(clusters.takeBytes(1).rawValue == 2048)
        #expect(clusters.count == 5)
    }

    @Test(
        "the table has an entry for every block, and the blocks count themselves",
        arguments: [1, 8, 16, 64],
        [0, 1, 62, 63, 64, 4095, 4096, 5000, 70_000] as [UInt64]
    )
    func selfCounting(bits: Int, data: UInt64) throws {
        var clusters = HostClusters(clusterBytes: 512, refcountBits: bits, sharesClusters: false)
        _ = clusters.take(data)
        let places = try clusters.placeRefcounts()
        let perBlock = UInt64(4096 / bits)
        #expect(places.table.count == Int(places.tableClusters * 64))
        #expect(places.tableOffset.rawValue == data * 512)
        #expect(clusters.count == data + places.tableClusters + places.blockCount)
        // Enough blocks, and none that counts nothing.
        #expect(places.blockCount == (clusters.count + perBlock - 1) / perBlock)
        let blocks = places.table.prefix(Int(places.blockCount))
        #expect(
            blocks.enumerated().allSatisfy { number, place in
                place == (data + places.tableClusters + UInt64(number)) * 512
            }
        )
        #expect(places.table.dropFirst(blocks.count).allSatisfy { $0 == 0 })
        #expect(Int(places.tableClusters) == max(1, (blocks.count + 63) / 64))
    }

    @Test("a file whose refcount table would exceed 8 MiB is refused, before it is made")
    func limit() throws {
        // A block counts 64 clusters, and 8 MiB name 1048576 blocks.
        let most: UInt64 = 64 << 20
        var fitting = HostClusters(clusterBytes: 512, refcountBits: 64, sharesClusters: false)
        _ = fitting.take(most - (1 << 20) - (16 << 10))
        let places = try fitting.placeRefcounts()
        #expect(places.tableClusters == 16 << 10)
        #expect(fitting.count == most)
        var excessive = HostClusters(clusterBytes: 512, refcountBits: 64, sharesClusters: false)
        _ = excessive.take(most - (1 << 20) - (16 << 10) + 1)
        #expect(throws: CreationOptions.Invalid.self) { try excessive.placeRefcounts() }
    }
}
