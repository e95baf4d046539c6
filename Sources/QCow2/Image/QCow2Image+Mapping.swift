// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

extension QCow2Image {
    /// Appends what the image says of `range` to `runs`, in guest order: allocated runs only, each
    /// as long as it goes.
    ///
    /// Only the part of each L2 table that describes the range is read.
    ///
    /// - Parameters:
    ///   - table: the disk state to look at.
    ///   - range: guest bytes; runs are cut to it.
    ///   - words: room for a table, kept by the caller to be used again.
    ///   - runs: where the runs go.
    /// - Throws: `ImageError.io` when a table cannot be read; damaged entries are runs of their own.
    package func appendRuns(
        of table: L1Table,
        in range: Range<UInt64>,
        using words: inout WordTable,
        to runs: inout [MappedRun]
    ) throws(ImageError) {
        try readSlices(of: table, in: range, using: &words) { slice, words in
            appendRuns(of: slice, words, to: &runs)
        }
    }

    /// Tells the file that what `appendRuns` reads of it for a range will be read soon.
    package func announceTables(of table: L1Table, in range: Range<UInt64>) {
        forEachSlice(of: table, in: range) { slice in
            metadata.announce(at: slice.fileOffset, byteCount: UInt64(slice.wordCount) * 8)
        }
    }

    /// Reads the part of each L2 table that describes `range`, and gives it to `body`.
    func readSlices(
        of table: L1Table,
        in range: Range<UInt64>,
        using words: inout WordTable,
        _ body: (L2Slice, WordTable) -> Void
    ) throws(ImageError) {
        try forEachSlice(of: table, in: range) { (slice) throws(ImageError) in
            do throws(IOError) {
                try words.fill(from: metadata, at: slice.fileOffset, count: slice.wordCount)
            } catch { throw .io(error) }
            body(slice, words)
        }
    }

    /// Finds the part of each L2 table that describes `range`.
    private func forEachSlice<Failure: Error>(
        of table: L1Table,
        in range: Range<UInt64>,
        _ body: (L2Slice) throws(Failure) -> Void
    ) throws(Failure) {
        let limit = min(range.upperBound, table.diskBytes)
        var position = table.position(of: range.lowerBound)
        while position < table.indices.count {
            let start = UInt64(table.indices[position]) * geometry.bytesPerL2Table
            guard max(start, range.lowerBound) < limit else { return }
            let part = max(start, range.lowerBound)..<min(start + geometry.bytesPerL2Table, limit)
            let slice = L2Slice(
                geometry: geometry,
                tableOffset: table.tableOffsets[position],
                tableStart: start,
                guestRange: part
            )
            try body(slice)
            position += 1
        }
    }

    private func appendRuns(of slice: L2Slice, _ words: WordTable, to runs: inout [MappedRun]) {
        let perEntry = geometry.wordsPerL2Entry
        var index = words.firstNonZero(from: 0) / perEntry * perEntry
        while index < words.count {
            let entry = DamagedEntry(
                word: words[index],
                bitmap: perEntry == 2 ? words[index + 1] : 0,
                entryOffset: slice.fileOffset + UInt64(index) * 8,
                guestOffset: slice.firstCluster + UInt64(index / perEntry) * geometry.clusterBytes
            )
            if perEntry == 2 {
                appendSubclusters(of: entry, in: slice.guestRange, to: &runs)
            } else if let mapping = mapping(of: entry) {
                append(
                    mapping,
                    entry.guestOffset,
                    geometry.clusterBytes,
                    slice.guestRange,
                    to: &runs
                )
            }
            index = words.firstNonZero(from: index + perEntry) / perEntry * perEntry
        }
    }

    /// Appends the part of a piece that lies in the range, joined to the last run where it can be.
    func append(
        _ mapping: Mapping,
        _ guestOffset: UInt64,
        _ byteCount: UInt64,
        _ range: Range<UInt64>,
        to runs: inout [MappedRun]
    ) {
        let start = max(guestOffset, range.lowerBound)
        let end = min(guestOffset + byteCount, range.upperBound)
        guard start < end else { return }
        var clipped = mapping
        if case .data(let offset) = mapping {
            clipped = .data(offset.advanced(by: start - guestOffset))
        }
        let run = MappedRun(guestOffset: start, byteCount: end - start, mapping: clipped)
        if runs.isEmpty || !runs[runs.count - 1].extend(with: run) { runs.append(run) }
    }

    /// What a standard entry says; nil when it is unallocated.
    private func mapping(of entry: DamagedEntry) -> Mapping? {
        if entry.word.has(L2Entry.compressed) { return compressedMapping(of: entry) }
        let offset = entry.word & L2Entry.offset.mask
        guard defect(of: entry) == nil else { return .damaged(entry) }
        if entry.word.has(L2Entry.zero) { return .zeros }
        guard isAllocated(entry) else { return nil }
        return offset < clusters.byteCount ? .data(HostOffset(offset)) : .damaged(entry)
    }

    private func compressedMapping(of entry: DamagedEntry) -> Mapping {
        guard defect(of: entry) == nil else { return .damaged(entry) }
        return .compressed(CompressedRun(entry: entry.word, geometry))
    }

    /// True when the entry names a cluster; offset 0 is one only in a data file.
    private func isAllocated(_ entry: DamagedEntry) -> Bool {
        entry.word.has(L2Entry.offset) || (hasDataFile && entry.word.has(L2Entry.copied))
    }

    private func appendSubclusters(
        of entry: DamagedEntry,
        in range: Range<UInt64>,
        to runs: inout [MappedRun]
    ) {
        let whole = geometry.clusterBytes
        if entry.word.has(L2Entry.compressed) {
            return append(compressedMapping(of: entry), entry.guestOffset, whole, range, to: &runs)
        }
        guard defect(of: entry) == nil else {
            return append(.damaged(entry), entry.guestOffset, whole, range, to: &runs)
        }
        let host = HostOffset(entry.word & L2Entry.offset.mask)
        let isLost = host.rawValue >= clusters.byteCount
        let step = geometry.subclusterBytes
        for number in 0..<UInt64(Geometry.subclustersPerCluster) {
            let place = entry.guestOffset + number * step
            if entry.bitmap >> (32 + number) & 1 == 1 {
                append(.zeros, place, step, range, to: &runs)
            } else if entry.bitmap >> number & 1 == 1 {
                let data = Mapping.data(host.advanced(by: number * step))
                append(isLost ? .damaged(entry) : data, place, step, range, to: &runs)
            }
        }
    }
}

/// The part of an L2 table that describes a range of guest bytes.
struct L2Slice {
    let guestRange: Range<UInt64>
    /// The guest offset of the first entry's cluster.
    let firstCluster: UInt64
    /// Where the first entry lies in the file.
    let fileOffset: UInt64
    let wordCount: Int

    init(
        geometry: Geometry,
        tableOffset: UInt64,
        tableStart: UInt64,
        guestRange: Range<UInt64>
    ) {
        let first = (guestRange.lowerBound - tableStart) >> UInt64(geometry.clusterBits)
        let last = (guestRange.upperBound - 1 - tableStart) >> UInt64(geometry.clusterBits)
        self.guestRange = guestRange
        firstCluster = tableStart + first << UInt64(geometry.clusterBits)
        fileOffset = tableOffset + first * UInt64(geometry.wordsPerL2Entry) * 8
        wordCount = Int(last - first + 1) * geometry.wordsPerL2Entry
    }
}
