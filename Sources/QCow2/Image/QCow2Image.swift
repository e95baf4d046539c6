// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

/// A qcow2 image that is open for reading: its checked header, and where its bytes come from.
///
/// Opening reads the header and its extensions; L1 tables are read by `activeTable` and
/// `table(of:)`, L2 tables only where a map asks for them.
package final class QCow2Image: Sendable {
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
    package func activeTable() throws(ImageError) -> L1Table {
        try l1Table(
            at: header.l1TableOffset,
            entries: header.l1Entries,
            diskBytes: header.diskBytes
        )
    }

    /// The disk's state when an internal snapshot was taken, in the size it had then.
    package func table(of snapshot: Snapshot) throws(ImageError) -> L1Table {
        try l1Table(
            at: snapshot.l1TableOffset,
            entries: snapshot.l1Entries,
            diskBytes: snapshot.diskBytes & ~511
        )
    }

    private func l1Table(
        at offset: UInt64,
        entries: UInt32,
        diskBytes: UInt64
    ) throws(ImageError) -> L1Table {
        var table = L1Table(diskBytes: diskBytes, bytesPerTable: geometry.bytesPerL2Table)
        // Entries behind the disk hold a saved machine's memory.
        let needed = min(UInt64(entries), geometry.l1Entries(forDiskOf: diskBytes))
        var words = WordTable()
        do throws(IOError) {
            try words.fill(from: metadata, at: offset, count: Int(needed))
        } catch { throw .io(error) }
        var index = words.firstNonZero(from: 0)
        while index < words.count {
            try add(words[index], index, at: offset + UInt64(index) * 8, to: &table)
            index = words.firstNonZero(from: index + 1)
        }
        return table
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
