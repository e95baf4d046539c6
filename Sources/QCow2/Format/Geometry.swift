// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The sizes that follow from a header's cluster bits and the kind of its L2 entries.
package struct Geometry: Hashable, Sendable {
    /// Cluster sizes that the format's implementations read: 512 bytes to 2 MiB.
    package static let clusterBitsRange: ClosedRange<UInt32> = 9...21
    /// With extended L2 entries a subcluster must hold a 512-byte sector: 16 KiB and up.
    package static let extendedClusterBitsRange: ClosedRange<UInt32> = 14...21
    /// The subclusters of a cluster with extended L2 entries.
    package static let subclustersPerCluster = 32

    package let clusterBits: Int
    package let hasExtendedL2: Bool

    /// Nil when the combination does not exist.
    package init?(clusterBits: UInt32, hasExtendedL2: Bool) {
        let allowed =
            hasExtendedL2 ? Geometry.extendedClusterBitsRange : Geometry.clusterBitsRange
        guard allowed.contains(clusterBits) else { return nil }
        self.clusterBits = Int(clusterBits)
        self.hasExtendedL2 = hasExtendedL2
    }

    package var clusterBytes: UInt64 { 1 << UInt64(clusterBits) }
    /// The words of one L2 entry: its own and, when extended, the subcluster bitmap.
    package var wordsPerL2Entry: Int { hasExtendedL2 ? 2 : 1 }
    /// The entries of one L2 table, which fills one cluster.
    package var l2Entries: UInt64 { clusterBytes / UInt64(8 * wordsPerL2Entry) }
    /// The guest bytes that one L2 table describes.
    package var bytesPerL2Table: UInt64 { clusterBytes * l2Entries }
    /// The smallest unit of allocation: a cluster, or a part of one with extended L2 entries.
    package var subclusterBytes: UInt64 {
        hasExtendedL2 ? clusterBytes / UInt64(Geometry.subclustersPerCluster) : clusterBytes
    }

    /// The L1 entries that a disk of `byteCount` bytes needs.
    package func l1Entries(forDiskOf byteCount: UInt64) -> UInt64 {
        byteCount / bytesPerL2Table + (byteCount % bytesPerL2Table == 0 ? 0 : 1)
    }

    func isAligned(_ offset: UInt64) -> Bool { offset & (clusterBytes - 1) == 0 }
}
