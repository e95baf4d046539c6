// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A set of clusters, by the refcount blocks that count them.
struct ClusterSet: Sendable {
    private let perBlock: UInt64
    /// A bit for each cluster of a block that has any.
    private var bits: [UInt64: [UInt64]] = [:]

    init(clustersPerBlock perBlock: UInt64) { self.perBlock = perBlock }

    /// The blocks that count a cluster of the set.
    var blocks: Set<UInt64> { Set(bits.keys) }

    mutating func insert(_ cluster: UInt64) {
        let number = cluster % perBlock
        let empty = Array(repeating: 0 as UInt64, count: Int((perBlock + 63) / 64))
        bits[cluster / perBlock, default: empty][Int(number / 64)] |= 1 << (number % 64)
    }

    mutating func insert(_ clusters: Range<UInt64>) {
        for cluster in clusters { insert(cluster) }
    }

    /// The clusters of a block, by their number in it.
    func numbers(in block: UInt64) -> [UInt64] {
        (bits[block] ?? []).enumerated().flatMap { index, word in
            word.setBits.map { UInt64(index * 64 + $0) }
        }
    }
}
