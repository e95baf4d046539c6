// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension CreationOptions {
    /// The size that QEMU promises for an image in which every cluster of a disk has its place, in
    /// bytes.
    ///
    /// - Throws: `Invalid` when no image can be made like this.
    package func fullyAllocatedBytes(
        forDiskOf diskBytes: UInt64
    ) throws(Invalid) -> UInt64 {
        let geometry = try geometry(forDiskOf: diskBytes)
        let tables = geometry.l1Entries(forDiskOf: diskBytes)
        let l1Clusters = quotient(tables * 8, geometry.clusterBytes)
        let clusters = quotient(diskBytes, geometry.clusterBytes)
        let used = 1 + tables + l1Clusters + clusters
        return (used + refcountClusters(counting: used, geometry)) * geometry.clusterBytes
    }

    /// The clusters of a refcount table and its blocks for so many others and for themselves.
    private func refcountClusters(counting used: UInt64, _ geometry: Geometry) -> UInt64 {
        let perBlock = geometry.clusterBytes * 8 / UInt64(refcountBits)
        var (blocks, tables): (UInt64, UInt64) = (0, 0)
        while true {
            let neededBlocks = quotient(used + blocks + tables, perBlock)
            let neededTables = quotient(neededBlocks * 8, geometry.clusterBytes)
            if (neededBlocks, neededTables) == (blocks, tables) { return blocks + tables }
            (blocks, tables) = (neededBlocks, neededTables)
        }
    }

    /// Rounded up.
    private func quotient(_ number: UInt64, _ divisor: UInt64) -> UInt64 {
        number / divisor + (number % divisor == 0 ? 0 : 1)
    }
}
