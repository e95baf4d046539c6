// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension ImageLayout {
    /// Writes what is left: the last L2 tables, the L1 table, the refcounts and, last of all, the
    /// header, so that a file is no image before it is a complete one.
    ///
    /// - Throws: what `write` throws, or `CreationOptions.Invalid` when the refcounts of so large a
    ///   file need larger clusters.
    package mutating func finish(
        flush: () throws -> Void,
        write: ([UInt8], HostOffset) throws -> Void
    ) throws {
        finishTables()
        for part in takeFinishedParts() { try write(part.bytes, part.hostOffset) }
        try write(bigEndianBytes(l1), l1TableOffset)
        let refcounts = try clusters.placeRefcounts()
        try write(bigEndianBytes(refcounts.table), refcounts.tableOffset)
        for block in 0..<refcounts.blockCount {
            try write(clusters.refcountBlock(block), refcounts.blockOffset(block))
        }
        try flush()
        let header = try options.headerCluster(
            diskBytes: diskBytes,
            geometry: geometry,
            tables: TablePlaces(
                l1TableOffset: l1TableOffset.rawValue,
                l1Entries: l1.count,
                refcountTableOffset: refcounts.tableOffset.rawValue,
                refcountTableClusters: refcounts.tableClusters,
                bitmaps: bitmaps
            )
        )
        try write(header, HostOffset(0))
    }
}
