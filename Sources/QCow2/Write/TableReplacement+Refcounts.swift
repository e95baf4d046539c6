// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension TableReplacement {
    /// Where a table lies.
    struct Place {
        let offset: UInt64
        let clusters: UInt64
    }

    /// Writes refcounts that count what the layout has placed, and no more what it replaces.
    ///
    /// - Returns: where the refcount table lies.
    mutating func writeRefcounts(
        _ clusters: inout HostClusters,
        write: ([UInt8], HostOffset) throws -> Void
    ) throws -> Place {
        var stored = try StoredRefcounts(of: image)
        let first = clusters.count
        let (blocks, tableClusters) = blocksToWrite(stored, behind: first)
        try checkTable(clusters: tableClusters)
        var table = WordTable(zeros: Int(tableClusters * image.geometry.clusterBytes / 8))
        for index in 0..<stored.table.count { table[index] = stored.table[index] }
        let tableOffset = clusters.take(tableClusters)
        for block in blocks { table[Int(block)] = clusters.take(1).rawValue }
        let new = endOffset / image.geometry.clusterBytes..<clusters.count
        for block in blocks {
            let bytes = try contents(of: block, new, &stored)
            try write(bytes, HostOffset(table[Int(block)]))
        }
        try write(table.bytes, tableOffset)
        return Place(offset: tableOffset.rawValue, clusters: tableClusters)
    }

    /// The refcount blocks that change, and the clusters of the table that then has them all: they
    /// count themselves, and free those that they replace.
    private mutating func blocksToWrite(
        _ stored: StoredRefcounts,
        behind count: UInt64
    ) -> (blocks: [UInt64], tableClusters: UInt64) {
        let perBlock = stored.clustersPerBlock
        let first = endOffset / image.geometry.clusterBytes / perBlock
        var blocks: Set<UInt64> = []
        var tableClusters = UInt64(image.header.refcountTableClusters)
        while true {
            let last = (count + UInt64(blocks.count) + tableClusters - 1) / perBlock
            let needed = freed.blocks.union(first...last)
            let tableBytes = (needed.max() ?? 0) * 8 + 8
            let neededTable = max(tableClusters, image.geometry.clusters(holding: tableBytes))
            if (needed, neededTable) == (blocks, tableClusters) { break }
            for block in needed.subtracting(blocks) where stored.blockOffset(block) != 0 {
                freed.insert(stored.blockOffset(block) >> UInt64(image.geometry.clusterBits))
            }
            (blocks, tableClusters) = (needed, neededTable)
        }
        return (blocks.sorted(), tableClusters)
    }

    private func checkTable(clusters: UInt64) throws(ImageError) {
        guard clusters * image.geometry.clusterBytes > Header.maximumRefcountTableBytes else {
            return
        }
        let finding = "the refcount table would have \(clusters) clusters: 8 MiB is the limit"
        throw image.overLimit(image.header.refcountTableOffset, finding)
    }

    /// A block as it is to be.
    private func contents(
        of block: UInt64,
        _ new: Range<UInt64>,
        _ stored: inout StoredRefcounts
    ) throws -> [UInt8] {
        var refcounts = RefcountBlock(refcountOrder: image.header.refcountOrder)
        refcounts.words = WordTable(zeros: Int(image.geometry.clusterBytes / 8))
        if let old = try stored.block(block).get() { refcounts = old }
        for number in freed.numbers(in: block) { refcounts[number] = 0 }
        let start = block * stored.clustersPerBlock
        for cluster in new.clamped(to: start..<(start + stored.clustersPerBlock)) {
            refcounts[cluster - start] = 1
        }
        return refcounts.words.bytes
    }
}
