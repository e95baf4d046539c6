// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The checked L1 table of a disk state: the active one or an internal snapshot's.
///
/// It keeps the allocated entries only, so an empty disk of any size costs nothing.
package struct L1Table: Hashable, Sendable {
    /// The guest-visible size of this state, in bytes: whole 512-byte sectors.
    package let diskBytes: UInt64
    /// The guest bytes one table describes.
    let bytesPerTable: UInt64
    /// The indices of the allocated entries, ascending.
    private(set) var indices: [UInt32] = []
    /// The L2 tables' places, in step with `indices`.
    private(set) var tableOffsets: [UInt64] = []
    /// Guest bytes whose L2 table lies beyond the end of the file; they read as unallocated.
    package private(set) var lostBytes: UInt64 = 0

    init(diskBytes: UInt64, bytesPerTable: UInt64) {
        self.diskBytes = diskBytes
        self.bytesPerTable = bytesPerTable
    }

    /// The number of L2 tables.
    package var tableCount: Int { indices.count }

    mutating func reserve(_ count: Int) {
        indices.reserveCapacity(count)
        tableOffsets.reserveCapacity(count)
    }

    mutating func append(index: UInt32, tableOffset: UInt64) {
        indices.append(index)
        tableOffsets.append(tableOffset)
    }

    mutating func lose(index: UInt32) {
        let start = UInt64(index) * bytesPerTable
        lostBytes += min(bytesPerTable, diskBytes - start)
    }

    /// The guest ranges of the allocated L2 tables, ascending.
    package var allocatedRanges: some Sequence<Range<UInt64>> {
        indices.lazy.map { [bytesPerTable, diskBytes] index in
            let start = UInt64(index) * bytesPerTable
            return start..<min(start + bytesPerTable, diskBytes)
        }
    }

    /// The position in `indices` of the first allocated table that reaches beyond `guestOffset`.
    func position(of guestOffset: UInt64) -> Int {
        let index = guestOffset / bytesPerTable
        var (low, high) = (0, indices.count)
        while low < high {
            let middle = (low + high) / 2
            if UInt64(indices[middle]) < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
