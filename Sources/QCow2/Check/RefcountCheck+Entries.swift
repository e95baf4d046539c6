// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension RefcountCheck {
    /// Counts what the entries of an L2 table refer to, so often as the table is referred to.
    mutating func countL2(
        _ words: WordTable,
        _ table: L2References.Table
    ) throws(ImageError) {
        let perEntry = image.geometry.wordsPerL2Entry
        var expected: UInt64?
        var index = words.firstNonZero(from: 0) / perEntry * perEntry
        while index < words.count {
            let word = words[index]
            let bitmap = perEntry == 2 ? words[index + 1] : 0
            if word.has(L2Entry.compressed) {
                try countCompressed(word, bitmap, index / perEntry, table)
            } else {
                if word & L2Entry.reserved != 0 {
                    fault(
                        "ERROR found l2 entry with reserved bits set: \(digits(word))",
                        times: table.references
                    )
                }
                if image.namesCluster(word) {
                    try countCluster(word, bitmap, table, &expected)
                } else if bitmap & 0xffff_ffff != 0 {
                    fault(
                        "ERROR: Unallocated cluster has non-zero subcluster allocation map",
                        times: table.references
                    )
                }
            }
            index = words.firstNonZero(from: index + perEntry) / perEntry * perEntry
        }
    }

    private mutating func countCompressed(
        _ word: UInt64,
        _ bitmap: UInt64,
        _ number: Int,
        _ table: L2References.Table
    ) throws(ImageError) {
        let run = CompressedRun(entry: word, image.geometry)
        if word.has(L2Entry.copied) {
            fault(
                "ERROR: coffset=\(hex(run.hostOffset.rawValue)): copied flag must never be set for "
                    + "compressed clusters",
                times: table.references
            )
        }
        let entry = "entry=\(hex(word & ~L2Entry.copied.mask))"
        guard !image.hasDataFile else {
            return fault(
                "ERROR compressed cluster \(number) with data file, \(entry)",
                times: table.references
            )
        }
        guard bitmap == 0 else {
            return fault(
                "ERROR compressed cluster \(number) with non-zero subcluster allocation bitmap, "
                    + entry,
                times: table.references
            )
        }
        try count(at: run.hostOffset.rawValue, UInt64(run.byteCount), times: table.references)
        guard isFirstLook else { return }
        report.allocatedClusters.count(table.activeReferences)
        report.compressedClusters.count(table.activeReferences)
        report.fragmentedClusters.count(table.activeReferences)
    }

    private mutating func countCluster(
        _ word: UInt64,
        _ bitmap: UInt64,
        _ table: L2References.Table,
        _ expected: inout UInt64?
    ) throws(ImageError) {
        let offset = word & L2Entry.offset.mask
        if bitmap >> 32 & bitmap != 0 {
            fault(
                "ERROR offset=\(digits(offset)): Allocated cluster has corrupted subcluster allocation "
                    + "bitmap",
                times: table.references
            )
        }
        if !image.geometry.isAligned(offset) {
            let hasData =
                image.geometry.hasExtendedL2
                ? bitmap & 0xffff_ffff != 0 : !word.has(L2Entry.zero)
            fault(
                "ERROR offset=\(digits(offset)): \(hasData ? "Data" : "Preallocated") cluster is not "
                    + "properly aligned; L2 entry corrupted.",
                times: table.references
            )
        }
        if isFirstLook {
            report.allocatedClusters.count(table.activeReferences)
            if let expected, expected != offset {
                report.fragmentedClusters.count(table.activeReferences)
            }
            expected = offset + image.geometry.clusterBytes
        }
        guard !image.hasDataFile else { return }
        if image.geometry.isAligned(offset), offset < image.metadata.byteCount {
            try count(cluster: offset >> UInt64(image.geometry.clusterBits), table.references)
        } else {
            try count(at: offset, image.geometry.clusterBytes, times: table.references)
        }
    }
}

extension QCow2Image {
    /// True when an L2 entry that is not compressed has a place for a cluster, whether it is read or
    /// not.
    func namesCluster(_ word: UInt64) -> Bool {
        if word.has(L2Entry.offset) { return true }
        let isZero = word.has(L2Entry.zero) && !geometry.hasExtendedL2
        return hasDataFile && word.has(L2Entry.copied) && !isZero
    }
}
