// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Which clusters of a window have the refcount 1.
private struct SingleClusters {
    let window: Range<UInt64>
    private var bits: [UInt64]

    init(_ window: Range<UInt64>, _ stored: inout StoredRefcounts) throws(ImageError) {
        self.window = window
        bits = Array(repeating: 0, count: Int((window.upperBound - window.lowerBound + 63) / 64))
        let perBlock = stored.clustersPerBlock
        var cluster = window.lowerBound
        while cluster < window.upperBound {
            let index = cluster / perBlock
            let part = cluster..<min(window.upperBound, (index + 1) * perBlock)
            if case .success(let block?) = try stored.block(index) {
                for cluster in part where block[cluster % perBlock] == 1 {
                    let slot = cluster - window.lowerBound
                    bits[Int(slot / 64)] |= 1 << (slot % 64)
                }
            }
            cluster = part.upperBound
        }
    }

    subscript(cluster: UInt64) -> Bool {
        let slot = cluster - window.lowerBound
        return bits[Int(slot / 64)] >> (slot % 64) & 1 == 1
    }
}

extension RefcountCheck {
    /// Checks the flags of the present state's entries that say that a refcount is 1, so that a
    /// cluster may be written in place.
    ///
    /// They are put right where leaks are repaired and nothing else is wrong.
    mutating func checkCopiedFlags() throws(ImageError) {
        let repairs = target != nil && report.isSound && report.leaks == 0
        // A cluster takes one bit here, in place of a count of sixteen.
        counts = ReferenceCounts(window: 0..<0, refcountOrder: image.header.refcountOrder)
        var start: UInt64 = 0
        while start < clusterCount {
            let window = start..<min(start + windowClusters * 16, clusterCount)
            let singles = try SingleClusters(window, &stored)
            try checkL1(singles, repairs)
            start = window.upperBound
        }
    }

    private mutating func checkL1(
        _ singles: SingleClusters,
        _ repairs: Bool
    ) throws(ImageError) {
        let start = image.header.l1TableOffset
        var (l1, words) = (WordTable(), WordTable())
        try image.fill(&l1, at: start, words: UInt64(image.header.l1Entries))
        var seen = L2References()
        var index = l1.firstNonZero(from: 0)
        while index < l1.count {
            let (word, offset) = (l1[index], l1[index] & L1Entry.offset.mask)
            if offset != 0 {
                let place = start + UInt64(index) * 8
                try check(
                    word,
                    at: place,
                    singles,
                    repairs,
                    "L2 cluster: l1_index=\(index) l1_entry"
                )
                if seen.add(offset, isActive: true) {
                    try image.fill(&words, at: offset, words: image.geometry.clusterBytes / 8)
                    try checkL2(words, at: offset, singles, repairs)
                }
                if seen.isFull { seen = L2References() }
            }
            index = l1.firstNonZero(from: index + 1)
        }
    }

    private mutating func checkL2(
        _ words: WordTable,
        at start: UInt64,
        _ singles: SingleClusters,
        _ repairs: Bool
    ) throws(ImageError) {
        let perEntry = image.geometry.wordsPerL2Entry
        var index = words.firstNonZero(from: 0) / perEntry * perEntry
        while index < words.count {
            let word = words[index]
            if !word.has(L2Entry.compressed), image.namesCluster(word) {
                let place = start + UInt64(index) * 8
                if !image.hasDataFile {
                    try check(word, at: place, singles, repairs, "data cluster: l2_entry")
                } else if !word.has(L2Entry.copied), singles.window.lowerBound == 0 {
                    try settle(word, at: place, refcount: 1, repairs, "data cluster: l2_entry")
                }
            }
            index = words.firstNonZero(from: index + perEntry) / perEntry * perEntry
        }
    }

    /// Compares an entry's flag with the refcount, when it lies in the window; what lies behind the
    /// file belongs to the first one.
    private mutating func check(
        _ word: UInt64,
        at place: UInt64,
        _ singles: SingleClusters,
        _ repairs: Bool,
        _ name: @autoclosure () -> String
    ) throws(ImageError) {
        let cluster = (word & L2Entry.offset.mask) >> UInt64(image.geometry.clusterBits)
        let isCopied = word.has(L2Entry.copied)
        let isSuspect =
            singles.window.contains(cluster)
            ? singles[cluster] != isCopied
            : cluster >= clusterCount && singles.window.lowerBound == 0
        guard isSuspect, let refcount = try stored.refcount(of: cluster),
            (refcount == 1) != isCopied
        else { return }
        try settle(word, at: place, refcount: refcount, repairs, name())
    }

    private mutating func settle(
        _ word: UInt64,
        at place: UInt64,
        refcount: UInt64,
        _ repairs: Bool,
        _ name: String
    ) throws(ImageError) {
        let finding = "OFLAG_COPIED \(name)=\(digits(word)) refcount=\(refcount)"
        guard repairs else {
            tell("ERROR \(finding)")
            return report.corruptions.count()
        }
        tell("Repairing \(finding)")
        var bytes: [UInt8] = []
        bytes.appendBigEndian(word ^ L2Entry.copied.mask)
        try write(bytes, at: place)
        report.corruptionsFixed.count()
    }
}
