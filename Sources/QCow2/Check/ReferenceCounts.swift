// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How often the tables of an image refer to each cluster of a window of the file, and how often the
/// image says that they do.
package struct ReferenceCounts {
    /// So many clusters are looked at in one pass over all tables, in 256 MiB of memory: 8 TiB of a
    /// file with clusters of 64 KiB.
    package static let windowClusters: UInt64 = 128 << 20
    /// So many counts that do not fit into 16 bits are kept.
    private static let maximumLargeCounts = 1 << 20

    /// More clusters than can be kept are referred to more often than any real image does.
    struct TooManyLargeCounts: Error {}

    /// The clusters that are looked at.
    let window: Range<UInt64>
    /// The largest refcount that the image can write down.
    private let maximum: UInt64
    /// What is less than this is in `counts`, all else in `large`.
    private let limit: UInt64
    private var counts: [UInt16]
    private var large: [UInt64: UInt64] = [:]

    init(window: Range<UInt64>, refcountOrder: UInt32) {
        self.window = window
        maximum = UInt64.max >> (64 - 1 << UInt64(refcountOrder))
        limit = min(maximum, UInt64(UInt16.max))
        counts = Array(repeating: 0, count: Int(window.upperBound - window.lowerBound))
    }

    /// The references to a cluster.
    subscript(cluster: UInt64) -> UInt64 {
        let count = UInt64(counts[Int(cluster - window.lowerBound)])
        return count < UInt64(UInt16.max) ? count : large[cluster] ?? count
    }

    /// Counts references to a cluster of the window, up to the largest number that can be written.
    ///
    /// - Returns: how many were too many.
    mutating func add(
        _ references: UInt64,
        to cluster: UInt64
    ) throws(TooManyLargeCounts) -> UInt64 {
        let slot = Int(cluster - window.lowerBound)
        let count = UInt64(counts[slot])
        if count < limit, references <= limit - count, count + references < limit {
            counts[slot] = UInt16(truncatingIfNeeded: count + references)
            return 0
        }
        let old = self[cluster]
        let room = maximum - old
        let new = old + min(room, references)
        counts[slot] = UInt16(clamping: new)
        if new >= UInt64(UInt16.max), maximum > UInt64(UInt16.max) {
            large[cluster] = new
            guard large.count <= ReferenceCounts.maximumLargeCounts else {
                throw TooManyLargeCounts()
            }
        }
        return references - min(room, references)
    }
}
