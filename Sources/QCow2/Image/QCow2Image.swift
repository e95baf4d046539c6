// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

/// A qcow2 image that is open for reading: its checked header, and where its bytes come from.
///
/// Opening reads the header and its extensions; L1 tables are read by `activeTable` and
/// `table(of:)`, L2 tables only where a map asks for them.
package final class QCow2Image: Sendable {
    /// As many L2 tables as the largest L1 table has, in all layers of a chain together: knowing where
    /// they lie takes 48 MiB.
    package static let maximumTables = 4 << 20
    /// So many entries of an L1 table are read at once.
    private static let l1PieceEntries: UInt64 = 65_536

    package let header: Header
    /// The image file, for metadata.
    let metadata: any BlockSource
    /// Where clusters lie: the image file, or its external data file.
    package let clusters: any BlockSource
    /// Where compressed clusters lie; always the image file.
    package var hasDataFile: Bool {
        header.incompatibleFeatures.contains(.externalDataFile)
    }
    package var path: String { metadata.path }
    package var geometry: Geometry { header.geometry }

    /// True when what is damaged is to be read as far as it can be, and the rest counted as lost.
    package let salvages: Bool

    /// An image from parts that the caller has opened.
    ///
    /// - Parameters:
    ///   - header: the header read from `metadata`.
    ///   - metadata: the image file, by map.
    ///   - clusters: the image file, or its data file where the header has one.
    ///   - salvages: damage is to be passed over where that is possible.
    package init(
        header: Header,
        metadata: any BlockSource,
        clusters: any BlockSource,
        salvages: Bool = false
    ) {
        self.header = header
        self.metadata = metadata
        self.clusters = clusters
        self.salvages = salvages
    }

    /// The disk's present state.
    ///
    /// - Parameter otherTables: the L2 tables of layers that are open already.
    /// - Returns: its L1 table.
    /// - Throws: `ImageError`; `.overLimit` when there are more than `maximumTables` with the others.
    package func activeTable(besides otherTables: Int = 0) throws(ImageError) -> L1Table {
        try l1Table(
            at: header.l1TableOffset,
            entries: header.l1Entries,
            diskBytes: header.diskBytes,
            atMost: max(QCow2Image.maximumTables - otherTables, 0)
        )
    }

    /// The disk's state when an internal snapshot was taken, in the size it had then.
    package func table(of snapshot: Snapshot) throws(ImageError) -> L1Table {
        try l1Table(
            at: snapshot.l1TableOffset,
            entries: snapshot.l1Entries,
            diskBytes: snapshot.diskBytes & ~511,
            atMost: QCow2Image.maximumTables
        )
    }

    private func l1Table(
        at offset: UInt64,
        entries: UInt32,
        diskBytes: UInt64,
        atMost maximum: Int
    ) throws(ImageError) -> L1Table {
        var table = L1Table(diskBytes: diskBytes, bytesPerTable: geometry.bytesPerL2Table)
        // Entries behind the disk hold a saved machine's memory.
        let needed = min(UInt64(entries), geometry.l1Entries(forDiskOf: diskBytes))
        if needed > QCow2Image.l1PieceEntries {
            // Growing step by step would take a multiple of what a large table needs.
            var count = 0
            try forEachEntry(of: needed, at: offset) { (_, _) throws(ImageError) in count += 1 }
            table.reserve(min(count, maximum))
        }
        try forEachEntry(of: needed, at: offset) { (word, index) throws(ImageError) in
            let place = offset + UInt64(index) * 8
            guard table.tableCount < maximum else { throw tooManyTables(place) }
            try add(word, index, at: place, to: &table)
        }
        return table
    }

    private func tooManyTables(_ place: UInt64) -> ImageError {
        let finding =
            "from here on there are more L2 tables than the \(QCow2Image.maximumTables) that are read "
            + "of all layers together"
        return .format(FormatError(.overLimit, path, at: place, finding))
    }

    /// Calls `body` with each entry of an L1 table that is not 0, and its index.
    private func forEachEntry(
        of count: UInt64,
        at offset: UInt64,
        _ body: (UInt64, Int) throws(ImageError) -> Void
    ) throws(ImageError) {
        var words = WordTable()
        for start in stride(from: 0, to: count, by: Int(QCow2Image.l1PieceEntries)) {
            let part = Int(min(QCow2Image.l1PieceEntries, count - start))
            try reading { () throws(IOError) in
                try words.fill(from: metadata, at: offset + start * 8, count: part)
            }
            var index = words.firstNonZero(from: 0)
            while index < words.count {
                try body(words[index], Int(start) + index)
                index = words.firstNonZero(from: index + 1)
            }
        }
    }

    private func add(
        _ word: UInt64,
        _ index: Int,
        at place: UInt64,
        to table: inout L1Table
    ) throws(ImageError) {
        if let defect = l1Defect(word), !salvages {
            throw damaged(place, "L1 entry \(index) is \(hex(word)): \(defect)")
        }
        let offset = word & L1Entry.offset.mask
        guard offset != 0 else { return }
        if geometry.isAligned(offset), offset < metadata.byteCount {
            table.append(index: UInt32(index), tableOffset: offset)
        } else {
            table.lose(index: UInt32(index))
        }
    }

    /// What contradicts the format in an L1 entry; nil when nothing does.
    private func l1Defect(_ word: UInt64) -> String? {
        let reserved = (word & L1Entry.reserved).setBits
        guard reserved.isEmpty else { return "reserved \(bitList(reserved)) set" }
        let offset = word & L1Entry.offset.mask
        guard geometry.isAligned(offset) else { return "its L2 table is not cluster-aligned" }
        let end = metadata.byteCount
        guard offset == 0 || (offset < end && end - offset >= geometry.clusterBytes) else {
            return "its L2 table at \(hex(offset)) lies beyond the end of the file at "
                + "\(hex(end)): the image is cut short"
        }
        return nil
    }

    func damaged(_ offset: UInt64, _ finding: String) -> ImageError {
        .format(FormatError(.damaged, path, at: offset, finding))
    }
}

/// "bit 3 is" or "bits 3, 4 are".
func bitList(_ bits: [Int]) -> String {
    let list = bits.map(String.init).joined(separator: ", ")
    return bits.count == 1 ? "bit \(list) is" : "bits \(list) are"
}
