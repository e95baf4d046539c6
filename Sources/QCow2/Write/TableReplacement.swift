// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// New tables for an image that has a backing file, with which it stands alone.
///
/// Nothing that the image has is changed: tables and clusters are placed behind it, refcount blocks
/// that count differently as well, and those that they replace are free in the new ones. One sector of
/// the header then makes all of them the image's own. Before it is written the image is what it was,
/// afterwards it is complete, and in both cases no cluster is lost.
package struct TableReplacement: Sendable {
    let image: QCow2Image
    /// The L1 table as the image has it.
    let l1: [UInt64]
    /// The end of the last cluster that the image uses.
    package let endOffset: UInt64
    /// Clusters that count as used and are not: there were so many before.
    let leaks: UInt64
    /// What the new tables do not refer to any more.
    var freed: ClusterSet

    /// Checks an image whose tables are to be replaced; nobody may write to it meanwhile.
    ///
    /// - Throws: `ImageError` when it has parts that cannot be kept as they are, or its tables and
    ///   refcounts contradict each other.
    package init(of image: QCow2Image) throws(ImageError) {
        try TableReplacement.refuseObstacles(image)
        var first: String?
        var check = try RefcountCheck(of: image) { finding in first = first ?? finding }
        let report = try check.run()
        guard report.isSound else {
            throw image.damaged(
                0,
                "the image's tables contradict each other, and are not touched: \(first ?? "")"
            )
        }
        self.image = image
        (endOffset, leaks) = (report.imageEndOffset, report.leaks)
        freed = ClusterSet(clustersPerBlock: check.stored.clustersPerBlock)
        var words = WordTable()
        let header = image.header
        try image.fill(&words, at: header.l1TableOffset, words: UInt64(header.l1Entries))
        l1 = (0..<words.count).map { words[$0] }
    }

    private static func refuseObstacles(_ image: QCow2Image) throws(ImageError) {
        let features = image.header.incompatibleFeatures
        let repair = "qemu-img check -r all puts it right"
        let obstacles: [(isThere: Bool, offset: UInt64, finding: String, remedy: String?)] = [
            (features.contains(.dirty), 72, "the image was not closed cleanly (dirty bit)", repair),
            (features.contains(.corrupt), 72, "the image is marked corrupt", repair),
            (
                features.contains(.externalDataFile), 72,
                "the image keeps its data in another file, and cannot be changed in place", nil
            ),
            (
                image.header.snapshotCount > 0, 60,
                "the image has internal snapshots, which read from the backing file too", nil
            ),
        ]
        guard let first = obstacles.first(where: \.isThere) else { return }
        throw .format(
            FormatError(
                .unsupported,
                image.path,
                at: first.offset,
                first.finding,
                remedy: first.remedy
            )
        )
    }

    /// Takes what the image has in an L2 table into a new one, and frees what it replaces.
    ///
    /// - Returns: the whole of the new table, as the format writes it.
    package mutating func merge(
        _ table: ImageLayout.FinishedPart
    ) throws(ImageError) -> [UInt8] {
        let old = l1[table.index]
        guard old.has(L1Entry.offset) else { return table.bytes }
        try free(old)
        var words = WordTable()
        try image.fill(&words, at: old & L1Entry.offset.mask, words: UInt64(table.words.count))
        let perEntry = image.geometry.wordsPerL2Entry
        for start in stride(from: 0, to: words.count, by: perEntry) {
            let new = table.words.dropFirst(start).prefix(perEntry)
            if new.contains(where: { $0 != 0 }) { try replace(&words, at: start, with: new) }
        }
        return words.bytes
    }

    private mutating func replace(
        _ words: inout WordTable,
        at start: Int,
        with new: ArraySlice<UInt64>
    ) throws(ImageError) {
        if words[start].has(L2Entry.offset) { try free(words[start]) }
        for (step, word) in new.enumerated() { words[start + step] = word }
    }

    /// Frees the one cluster that an entry refers to.
    private mutating func free(_ entry: UInt64) throws(ImageError) {
        let offset = entry & L2Entry.offset.mask
        guard entry.has(L2Entry.copied), !entry.has(L2Entry.compressed) else {
            throw image.damaged(offset, "the cluster is referred to more than once")
        }
        freed.insert(offset >> UInt64(image.geometry.clusterBits))
    }
}
