// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Lays out a new qcow2 image from front to back: header, L1 table, then each L2 table followed by
/// the clusters it describes, and the refcounts at the end.
///
/// Clusters are asked for in guest order, as far as the reach does not allow another; every host
/// cluster is used, so the image has no gaps and no leaks, and the same requests make the same image.
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

    package let options: CreationOptions
    package let geometry: Geometry
    package let diskBytes: UInt64
    var clusters: HostClusters
    /// Where the bitmaps are listed, when there are any.
    var bitmaps: BitmapDirectoryReference?
    let l1TableOffset: HostOffset
    var l1: [UInt64]
    /// Clusters may be asked for so many bytes of the disk before others that have places already.
    package var reachBytes: UInt64 = 0
    /// In guest order.
    private(set) var openTables: [OpenTable] = []
    private var finished: [FinishedPart] = []
    /// No table before this L1 index can be opened any more.
    private var finishedEnd = 0
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
        var rest = guestClusters
        while !rest.isEmpty {
            let part = openPart(of: rest)
            let host = clusters.take(UInt64(part.slots.count))
            placements.append(
                joining: Placement(
                    guestOffset: rest.lowerBound * geometry.clusterBytes,
                    hostOffset: host,
                    byteCount: setEntries(part, host)
                )
            )
            rest = rest.dropFirst(part.slots.count)
        }
        return placements
    }

    /// Gives runs of guest clusters places one behind the other, in the order in which they come: in
    /// the file they are one run.
    package mutating func place(together runs: [Range<UInt64>]) -> [HostOffset] {
        var host = clusters.take(runs.reduce(0) { $0 + UInt64($1.count) })
        return runs.map { run in
            let start = host
            var rest = run
            while !rest.isEmpty {
                let part = openPart(of: rest)
                host = host.advanced(by: setEntries(part, host))
                rest = rest.dropFirst(part.slots.count)
            }
            return start
        }
    }

    /// Opens the L2 table of the first of guest clusters.
    ///
    /// - Returns: its number among the open ones, and the entries of as many clusters as it has.
    private mutating func openPart(of rest: Range<UInt64>) -> (table: Int, slots: Range<Int>) {
        let (table, slot) = openTable(for: rest.lowerBound)
        return (table, slot..<min(slot + rest.count, Int(geometry.l2Entries)))
    }

    /// Says that the data of clusters lies from an offset on.
    ///
    /// - Returns: the bytes that it takes.
    private mutating func setEntries(
        _ part: (table: Int, slots: Range<Int>),
        _ host: HostOffset
    ) -> UInt64 {
        var place = host.rawValue
        for slot in part.slots {
            setEntry((part.table, slot), L2Entry.copied.mask | place, bitmap: 0xffff_ffff)
            place += geometry.clusterBytes
        }
        return place - host.rawValue
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
        let entry = openTable(for: guestCluster)
        let host = clusters.take(1)
        setEntry(
            entry,
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
        let place = openTable(for: guestCluster)
        let host = clusters.takeBytes(UInt64(byteCount))
        let run = CompressedRun(hostOffset: host, byteCount: byteCount)
        guard let entry = run.entry(geometry) else {
            preconditionFailure("a stream is shorter than its cluster, so its entry exists")
        }
        setEntry(place, entry, bitmap: 0)
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
            let entry = openTable(for: cluster)
            if geometry.hasExtendedL2 {
                setEntry(entry, 0, bitmap: UInt64(zeros) << 32)
            } else {
                setEntry(entry, L2Entry.zero.mask, bitmap: 0)
            }
        }
    }

    /// The parts of L2 tables that were completed since the last call; the caller writes them.
    package mutating func takeFinishedParts() -> [FinishedPart] {
        defer { finished.removeAll(keepingCapacity: true) }
        return finished
    }

    private mutating func setEntry(
        _ entry: (table: Int, slot: Int),
        _ word: UInt64,
        bitmap: UInt64
    ) {
        let number = entry.slot * geometry.wordsPerL2Entry
        openTables[entry.table].words[number] = word
        if geometry.hasExtendedL2 { openTables[entry.table].words[number + 1] = bitmap }
    }

    /// Opens the L2 table of a guest cluster, where it is not, and finishes those out of reach.
    ///
    /// - Returns: the table's number among the open ones, and the cluster's entry in it.
    private mutating func openTable(for guestCluster: UInt64) -> (table: Int, slot: Int) {
        let index = Int(guestCluster / geometry.l2Entries)
        let slot = Int(guestCluster % geometry.l2Entries)
        if let last = openTables.last, last.index == index { return (openTables.count - 1, slot) }
        precondition(index >= finishedEnd, "clusters are placed in guest order, but for the reach")
        let tableBytes = geometry.l2Entries * geometry.clusterBytes
        finishTables(before: index - Int((reachBytes + tableBytes - 1) / tableBytes))
        let table = openTables.firstIndex { $0.index >= index } ?? openTables.count
        if table == openTables.count || openTables[table].index != index {
            let wordCount = Int(geometry.l2Entries) * geometry.wordsPerL2Entry
            let words = Array<UInt64>(repeating: 0, count: wordCount)
            openTables.insert(OpenTable(index: index, words: words), at: table)
            l1[index] = L1Entry.copied.mask | clusters.take(1).rawValue
        }
        return (table, slot)
    }

    /// Finishes the open tables; those before an L1 index where one is given.
    mutating func finishTables(before end: Int = .max) {
        let count = openTables.firstIndex { $0.index >= end } ?? openTables.count
        for table in openTables.prefix(count) {
            let place = HostOffset(l1[table.index] & L1Entry.offset.mask)
            finished += table.parts(at: place, startsZeroed: startsZeroed)
        }
        openTables.removeFirst(count)
        finishedEnd = max(finishedEnd, min(end, l1.count))
    }
}
