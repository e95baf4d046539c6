// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ImageLayout {
    /// The parts of the file so far that no cluster's data nor any finished table has: the header and
    /// the L1 table, the L2 table that is being filled, and the room behind the last stream.
    package var unwrittenRanges: [Range<UInt64>] {
        var ranges = [0..<(l1TableOffset.rawValue + UInt64(l1.count) * 8)]
        if let openIndex {
            let table = l1[openIndex] & L1Entry.offset.mask
            ranges.append(table..<(table + geometry.clusterBytes))
        }
        if let streamEnd = clusters.streamOffset {
            let room = geometry.clusterBytes - streamEnd % geometry.clusterBytes
            ranges.append(streamEnd..<(streamEnd + room))
        }
        return ranges
    }
}
