// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ImageLayout {
    /// The parts of the file so far that no cluster's data nor any finished table has: the header and
    /// the L1 table, the L2 tables that are being filled, and the room behind the last stream.
    package var unwrittenRanges: [Range<UInt64>] {
        var ranges = [0..<(l1TableOffset.rawValue + UInt64(l1.count) * 8)]
        ranges += openTables.map { part in
            let table = l1[part.index] & L1Entry.offset.mask
            return table..<(table + geometry.clusterBytes)
        }
        if let streamEnd = clusters.streamOffset {
            let room = geometry.clusterBytes - streamEnd % geometry.clusterBytes
            ranges.append(streamEnd..<(streamEnd + room))
        }
        return ranges
    }
}
