// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

extension QCow2Image {
    /// Appends the parts of `range` that have a place in the image's data and do not read from it, in
    /// guest order: zeros that stay allocated and, with extended L2 entries, subclusters that were
    /// never written.
    ///
    /// - Parameters:
    ///   - table: the disk state to look at.
    ///   - range: guest bytes; runs are cut to it.
    ///   - words: room for a table, kept by the caller to be used again.
    ///   - runs: where the runs go, with their places as `.data`.
    /// - Throws: `ImageError.io` when a table cannot be read.
    package func appendReservedRuns(
        of table: L1Table,
        in range: Range<UInt64>,
        using words: inout WordTable,
        to runs: inout [MappedRun]
    ) throws(ImageError) {
        try readSlices(of: table, in: range, using: &words) { slice, words in
            appendReservedRuns(of: slice, words, to: &runs)
        }
    }

    private func appendReservedRuns(
        of slice: L2Slice,
        _ words: WordTable,
        to runs: inout [MappedRun]
    ) {
        let perEntry = geometry.wordsPerL2Entry
        var index = words.firstNonZero(from: 0) / perEntry * perEntry
        while index < words.count {
            let unread = unreadSubclusters(words[index], perEntry == 2 ? words[index + 1] : nil)
            let host = HostOffset(words[index] & L2Entry.offset.mask)
            let place = slice.firstCluster + UInt64(index / perEntry) * geometry.clusterBytes
            for number in unread.setBits.map(UInt64.init) {
                let skipped = number * geometry.subclusterBytes
                append(
                    .data(host.advanced(by: skipped)),
                    place + skipped,
                    geometry.subclusterBytes,
                    slice.guestRange,
                    to: &runs
                )
            }
            index = words.firstNonZero(from: index + perEntry) / perEntry * perEntry
        }
    }

    /// A bit for each subcluster, or for the cluster, that has a place and does not read from it.
    private func unreadSubclusters(_ word: UInt64, _ bitmap: UInt64?) -> UInt64 {
        guard !word.has(L2Entry.compressed) else { return 0 }
        guard let bitmap else { return word.has(L2Entry.offset) && word.has(L2Entry.zero) ? 1 : 0 }
        let hasPlace = word.has(L2Entry.offset) || (hasDataFile && word.has(L2Entry.copied))
        return hasPlace ? ~bitmap & UInt64(UInt32.max) : 0
    }
}
