// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Lays out a new qcow2 image from front to back: header, L1 table, then each L2 table followed by
/// the clusters it describes, and the refcounts at the end.
///
/// Clusters are asked for in guest order; every host cluster is used, so the image has no gaps and
/// no leaks, and the same requests make the same image.
package struct ImageLayout: Sendable {
    /// A run of the disk that got its place in the file.
    package struct Placement: Hashable, Sendable {
        package let guestOffset: UInt64
        package let hostOffset: HostOffset
        package internal(set) var byteCount: UInt64

        package var guestRange: Range<UInt64> { guestOffset..<(guestOffset + byteCount) }
    }

    /// A part of an L2 table that no later request can change.
    package struct FinishedPart: Sendable {
        package let hostOffset: HostOffset
        /// Its table's index in the L1 table.
        let index: Int
        let words: ArraySlice<UInt64>

        package var bytes: [UInt8] { bigEndianBytes(words) }
    }

    /// L2 tables are written in whole parts of this many words, and parts of zeros not at all: a
    /// table of a sparse disk takes a block of the file system, not a cluster.
    private static let partWords = 512

    package let options: CreationOptions
    package let geometry: Geometry
    package let diskBytes: UInt64
    var clusters: HostClusters
    /// Where the bitmaps are listed, when there are any.
    var bitmaps: BitmapDirectoryReference?
    let l1TableOffset: HostOffset
    var l1: [UInt64]
    /// The L2 table that is being filled: its L1 index and entries.
    private(set) var openIndex: Int?
    private var openWords: [UInt64] = []
    private var finished: [FinishedPart] = []
    let startsZeroed: Bool

    /// The layout of an empty image.
    ///
    /// - Parameters:
    ///   - options: how the image is made.
    ///   - diskBytes: the disk's size.
    ///   - sharesClusters: compressed clusters will be placed.
    ///   - startsZeroed: what is never written reads as zeros.
    /// - Throws: `CreationOptions.Invalid` when no image can be made like this.
    package init(
        options: CreationOptions,
        diskBytes: UInt64,
        sharesClusters: Bool,
        startsZeroed: Bool = true
    ) throws(CreationOptions.Invalid) {
        self.options = options
        self.diskBytes = diskBytes
        self.startsZeroed = startsZeroed
        geometry = try options.geometry(forDiskOf: diskBytes)
        l1 = Array(repeating: 0, count: Int(geometry.l1Entries(forDiskOf: diskBytes)))
        clusters = HostClusters(
            clusterBytes: geometry.clusterBytes,
            refcountBits: options.refcountBits,
            sharesClusters: sharesClusters
        )
        // The header, which is written last.
        _ = clusters.take(1)
        let l1Clusters = (UInt64(l1.count) * 8 + geometry.clusterBytes - 1) / geometry.clusterBytes
        l1TableOffset = clusters.take(l1Clusters)
        // A name that does not fit is an error now and not at the end.
        _ = try options.headerCluster(
            diskBytes: diskBytes,
            geometry: geometry,
            tables: TablePlaces()
        )
    }

    /// The file's length so far, in bytes.
    package var fileBytes: UInt64 { clusters.byteCount }

    /// Gives guest clusters places for their data.
    ///
    /// - Returns: the places, in guest order, as few as possible.
    package mutating func place(_ guestClusters: Range<UInt64>) -> [Placement] {
        var placements: [Placement] = []
        var cluster = guestClusters.lowerBound
        while cluster < guestClusters.upperBound {
            let slot = openTable(for: cluster)
            let count = min(
                guestClusters.upperBound - cluster,
                geometry.l2Entries - UInt64(slot)
            )
            let host = clusters.take(count)
            for step in 0..<count {
                let place = host.rawValue + step * geometry.clusterBytes
                setEntry(slot + Int(step), L2Entry.copied.mask | place, bitmap: 0xffff_ffff)
            }
            placements.append(
                joining: Placement(
                    guestOffset: cluster * geometry.clusterBytes,
                    hostOffset: host,
                    byteCount: count * geometry.clusterBytes
                )
            )
            cluster += count
        }
        return placements
    }

    /// Gives one guest cluster a place for those of its subclusters that have data.
    ///
    /// Bit n of `data` says that subcluster n has data, of `zeros` that it reads as zeros whatever lies
    /// below.
    package mutating func place(
        _ guestCluster: UInt64,
        dataSubclusters data: UInt32,
        zeroSubclusters zeros: UInt32
    ) -> Placement {
        precondition(data & zeros == 0, "a subcluster has data or is zero")
        let slot = openTable(for: guestCluster)
        let host = clusters.take(1)
        setEntry(
            slot,
            L2Entry.copied.mask | host.rawValue,
            bitmap: UInt64(zeros) << 32 | UInt64(data)
        )
        return Placement(
            guestOffset: guestCluster * geometry.clusterBytes,
            hostOffset: host,
            byteCount: geometry.clusterBytes
        )
    }

    /// Gives the compressed stream of a guest cluster its place.
    package mutating func placeCompressed(_ guestCluster: UInt64, byteCount: Int) -> HostOffset {
        let slot = openTable(for: guestCluster)
        let host = clusters.takeBytes(UInt64(byteCount))
        let run = CompressedRun(hostOffset: host, byteCount: byteCount)
        guard let entry = run.entry(geometry) else {
            preconditionFailure("a stream is shorter than its cluster, so its entry exists")
        }
        setEntry(slot, entry, bitmap: 0)
        return host
    }

    /// Says that guest clusters read as zeros, whatever a backing file has there.
    ///
    /// With extended L2 entries, bit n of `zeros` says that subcluster n is meant.
    package mutating func markZero(
        _ guestClusters: Range<UInt64>,
        subclusters zeros: UInt32 = .max
    ) {
        for cluster in guestClusters {
            let slot = openTable(for: cluster)
            if geometry.hasExtendedL2 {
                setEntry(slot, 0, bitmap: UInt64(zeros) << 32)
            } else {
                setEntry(slot, L2Entry.zero.mask, bitmap: 0)
            }
        }
    }

    /// The parts of L2 tables that were completed since the last call; the caller writes them.
    package mutating func takeFinishedParts() -> [FinishedPart] {
        defer { finished.removeAll(keepingCapacity: true) }
        return finished
    }

    private mutating func setEntry(_ slot: Int, _ word: UInt64, bitmap: UInt64) {
        openWords[slot * geometry.wordsPerL2Entry] = word
        if geometry.hasExtendedL2 { openWords[slot * 2 + 1] = bitmap }
    }

    /// Makes the L2 table of a guest cluster the open one.
    ///
    /// - Returns: the cluster's entry in it.
    private mutating func openTable(for guestCluster: UInt64) -> Int {
        let index = Int(guestCluster / geometry.l2Entries)
        if openIndex != index {
            precondition((openIndex ?? -1) < index, "clusters are placed in guest order")
            finishOpenTable()
            openIndex = index
            openWords = Array(
                repeating: 0,
                count: Int(geometry.l2Entries) * geometry.wordsPerL2Entry
            )
            l1[index] = L1Entry.copied.mask | clusters.take(1).rawValue
        }
        return Int(guestCluster % geometry.l2Entries)
    }

    mutating func finishOpenTable() {
        guard let index = openIndex else { return }
        let place = HostOffset(l1[index] & L1Entry.offset.mask)
        var used: [Range<Int>] = []
        for start in stride(from: 0, to: openWords.count, by: ImageLayout.partWords) {
            let part = start..<min(start + ImageLayout.partWords, openWords.count)
            guard !startsZeroed || openWords[part].contains(where: { $0 != 0 }) else { continue }
            let begin = used.last?.upperBound == start ? used.removeLast().lowerBound : start
            used.append(begin..<part.upperBound)
        }
        finished += used.map { part in
            FinishedPart(
                hostOffset: place.advanced(by: UInt64(part.lowerBound) * 8),
                index: index,
                words: openWords[part]
            )
        }
        openIndex = nil
    }

    /// Writes what is left: the last L2 table, the L1 table, the refcounts and, last of all, the
    /// header, so that a file is no image before it is a complete one.
    ///
    /// - Throws: what `write` throws, or `CreationOptions.Invalid` when the refcounts of so large a
    ///   file need larger clusters.
    package mutating func finish(
        flush: () throws -> Void,
        write: ([UInt8], HostOffset) throws -> Void
    ) throws {
        finishOpenTable()
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
