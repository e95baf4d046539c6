// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension RefcountCheck {
    /// Bitmap tables are read in parts of this many words.
    private static let partWords: UInt64 = 1 << 16
    /// The parts of a snapshot's entry that version 3 demands, in bytes.
    private static let leastExtraBytes: UInt32 = 16

    /// Counts every reference to a cluster of the window that the image has.
    mutating func countReferences() throws(ImageError) {
        let header = image.header
        let clusterBytes = image.geometry.clusterBytes
        let (snapshots, snapshotBytes) = try image.snapshotTable()
        for (index, snapshot) in snapshots.enumerated()
        where header.version >= 3 && snapshot.extraBytes < RefcountCheck.leastExtraBytes {
            fault("ERROR snapshot table entry \(index) is incomplete")
        }
        try count(at: 0, clusterBytes)
        var tables = L2References()
        try countL1(at: header.l1TableOffset, header.l1Entries, isActive: true, &tables)
        if image.hasDataFile, !snapshots.isEmpty {
            fault("ERROR \(snapshots.count) snapshots in image with data file")
        }
        for snapshot in snapshots { try countL1(of: snapshot, &tables) }
        try countL2(&tables)
        try count(at: header.snapshotTableOffset, snapshotBytes)
        try count(
            at: header.refcountTableOffset,
            UInt64(header.refcountTableClusters) * clusterBytes
        )
        try count(at: header.extensions.luksHeaderOffset ?? 0, header.extensions.luksHeaderBytes)
        try countBitmaps()
        try countRefcountBlocks()
    }

    private mutating func countL1(
        of snapshot: Snapshot,
        _ tables: inout L2References
    ) throws(ImageError) {
        let name = "ERROR snapshot \(snapshot.id) (\(snapshot.name))"
        guard image.geometry.isAligned(snapshot.l1TableOffset) else {
            return fault(
                "\(name) l1_offset=\(hex(snapshot.l1TableOffset)): L1 table is not cluster aligned; "
                    + "snapshot table entry corrupted"
            )
        }
        guard UInt64(snapshot.l1Entries) <= Header.maximumL1Entries else {
            return fault(
                "\(name) l1_size=\(hex(snapshot.l1Entries)): L1 table is too large; snapshot table "
                    + "entry corrupted"
            )
        }
        try countL1(at: snapshot.l1TableOffset, snapshot.l1Entries, isActive: false, &tables)
    }

    private mutating func countL1(
        at offset: UInt64,
        _ entries: UInt32,
        isActive: Bool,
        _ tables: inout L2References
    ) throws(ImageError) {
        try count(at: offset, UInt64(entries) * 8)
        var words = WordTable()
        try image.fill(&words, at: offset, words: UInt64(entries))
        var index = words.firstNonZero(from: 0)
        while index < words.count {
            let word = words[index]
            if word & L1Entry.reserved != 0 {
                fault("ERROR found L1 entry with reserved bits set: \(digits(word))")
            }
            let place = word & L1Entry.offset.mask
            try count(at: place, image.geometry.clusterBytes)
            if !image.geometry.isAligned(place) {
                fault(
                    "ERROR l2_offset=\(digits(place)): Table is not cluster aligned; L1 entry "
                        + "corrupted"
                )
            }
            tables.add(place, isActive: isActive)
            if tables.isFull { try countL2(&tables) }
            index = words.firstNonZero(from: index + 1)
        }
    }

    private mutating func countL2(_ tables: inout L2References) throws(ImageError) {
        var words = WordTable()
        for table in tables.tables {
            try image.fill(&words, at: table.offset, words: image.geometry.clusterBytes / 8)
            try countL2(words, table)
        }
        tables = L2References()
    }

    private mutating func countBitmaps() throws(ImageError) {
        guard let reference = image.header.extensions.bitmaps else { return }
        try count(at: reference.directoryOffset, reference.directoryBytes)
        var words = WordTable()
        for bitmap in try image.persistentBitmaps() {
            let byteCount = UInt64(bitmap.tableEntries) * 8
            try count(at: bitmap.tableOffset, byteCount)
            // What lies behind the end of the file reads as zeros.
            let end = min(image.metadata.byteCount, bitmap.tableOffset &+ byteCount)
            var place = bitmap.tableOffset
            while place < end {
                let part = min(RefcountCheck.partWords, (end - place + 7) / 8)
                try image.fill(&words, at: place, words: part)
                try countBitmap(words, at: place)
                place += part * 8
            }
        }
    }

    private mutating func countBitmap(
        _ words: WordTable,
        at place: UInt64
    ) throws(ImageError) {
        var index = words.firstNonZero(from: 0)
        while index < words.count {
            let word = words[index]
            let offset = word & BitmapTableEntry.offset.mask
            guard word & BitmapTableEntry.reserved == 0,
                offset == 0 || !word.has(BitmapTableEntry.allOnes),
                image.geometry.isAligned(offset)
            else {
                throw image.damaged(
                    place + UInt64(index) * 8,
                    "the entry of the bitmap table is \(hex(word)): the place of a cluster was "
                        + "expected"
                )
            }
            if offset != 0 { try count(at: offset, image.geometry.clusterBytes) }
            index = words.firstNonZero(from: index + 1)
        }
    }

    private mutating func countRefcountBlocks() throws(ImageError) {
        let table = stored.table
        var index = table.firstNonZero(from: 0)
        while index < table.count {
            try countRefcountBlock(index, table[index])
            index = table.firstNonZero(from: index + 1)
        }
    }

    private mutating func countRefcountBlock(
        _ index: Int,
        _ word: UInt64
    ) throws(ImageError) {
        guard !word.has(RefcountTableEntry.reserved) else {
            return fault("ERROR refcount table entry \(index) has reserved bits set")
        }
        let offset = word & RefcountTableEntry.offset.mask
        guard image.geometry.isAligned(offset) else {
            return fault(
                "ERROR refcount block \(index) is not cluster aligned; refcount table entry corrupted"
            )
        }
        let cluster = offset >> UInt64(image.geometry.clusterBits)
        guard cluster < clusterCount else {
            return fault("ERROR refcount block \(index) is outside image")
        }
        try count(at: offset, image.geometry.clusterBytes)
        guard counts.window.contains(cluster), counts[cluster] != 1 else { return }
        tell("ERROR refcount block \(index) refcount=\(counts[cluster])")
        report.corruptions.count()
    }
}

/// The bits of a bitmap table entry: section "Bitmap table".
enum BitmapTableEntry {
    static let allOnes = BitField(0)
    static let reserved = BitField(1...8).mask | BitField(56...63).mask
    static let offset = BitField(9...55)
}

/// A number as QEMU writes table entries: in hexadecimal digits only.
func digits(_ word: UInt64) -> String { String(word, radix: 16) }
