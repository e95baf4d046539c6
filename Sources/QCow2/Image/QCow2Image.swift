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

    /// An image from parts that the caller has opened.
    ///
    /// - Parameters:
    ///   - header: the header read from `metadata`.
    ///   - metadata: the image file, by map.
    ///   - clusters: the image file, or its data file where the header has one.
    package init(header: Header, metadata: any BlockSource, clusters: any BlockSource) {
        self.header = header
        self.metadata = metadata
        self.clusters = clusters
    }

    /// The disk's present state.
    ///
    /// With salvage, L2 tables beyond the end of the file are counted as lost instead of being an
    /// error.
    package func activeTable(salvage: Bool = false) throws(ImageError) -> L1Table {
        try l1Table(
            at: header.l1TableOffset,
            entries: header.l1Entries,
            diskBytes: header.diskBytes,
            salvage: salvage
        )
    }

    /// The disk's state when an internal snapshot was taken, in the size it had then.
    package func table(
        of snapshot: Snapshot,
        salvage: Bool = false
    ) throws(ImageError) -> L1Table {
        try l1Table(
            at: snapshot.l1TableOffset,
            entries: snapshot.l1Entries,
            diskBytes: snapshot.diskBytes & ~511,
            salvage: salvage
        )
    }

    private func l1Table(
        at offset: UInt64,
        entries: UInt32,
        diskBytes: UInt64,
        salvage: Bool
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
            let place = offset + UInt64(index) * 8
            let tableOffset = try self.tableOffset(words[index], index: index, at: place)
            if tableOffset != 0 {
                let isPresent = try isPresent(
                    tableAt: tableOffset,
                    index: index,
                    at: place,
                    salvage: salvage
                )
                if isPresent {
                    table.append(index: UInt32(index), tableOffset: tableOffset)
                } else {
                    table.lose(index: UInt32(index))
                }
            }
            index = words.firstNonZero(from: index + 1)
        }
        return table
    }

    /// The checked offset of an L1 entry, 0 when it is unallocated.
    private func tableOffset(
        _ word: UInt64,
        index: Int,
        at place: UInt64
    ) throws(ImageError) -> UInt64 {
        let reserved = (word & L1Entry.reserved).setBits
        guard reserved.isEmpty else {
            throw damaged(
                place,
                "L1 entry \(index) is \(hex(word)): reserved \(bitList(reserved)) set"
            )
        }
        let offset = word & L1Entry.offset.mask
        guard geometry.isAligned(offset) else {
            throw damaged(
                place,
                "L1 entry \(index) is \(hex(word)): its L2 table is not cluster-aligned"
            )
        }
        return offset
    }

    /// Whether a table lies inside the file; an error when it does not and nothing may be lost.
    private func isPresent(
        tableAt offset: UInt64,
        index: Int,
        at place: UInt64,
        salvage: Bool
    ) throws(ImageError) -> Bool {
        guard offset > metadata.byteCount || metadata.byteCount - offset < geometry.clusterBytes
        else { return true }
        guard salvage else {
            throw damaged(
                place,
                "L1 entry \(index) names an L2 table at \(hex(offset)), but the file ends at "
                    + "\(hex(metadata.byteCount)): the image is cut short"
            )
        }
        return offset < metadata.byteCount
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
