// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The L2 tables that L1 tables refer to, each once, in the order of their first mention.
///
/// Snapshots share most of their tables; each is read once, however many have it.
struct L2References {
    /// So many tables are gathered before they are read: those of 512 TiB with clusters of 64 KiB.
    private static let maximumTables = 1 << 20

    struct Table {
        let offset: UInt64
        /// How often it is referred to.
        var references: UInt64 = 0
        /// How often the disk's present state refers to it.
        var activeReferences: UInt64 = 0
    }

    private(set) var tables: [Table] = []
    private var indices: [UInt64: Int] = [:]

    var isFull: Bool { tables.count >= L2References.maximumTables }

    /// Counts one reference.
    ///
    /// - Returns: true for a table that was not mentioned before.
    @discardableResult
    mutating func add(_ offset: UInt64, isActive: Bool) -> Bool {
        let known = indices[offset]
        let index = known ?? tables.count
        if known == nil {
            indices[offset] = index
            tables.append(Table(offset: offset))
        }
        tables[index].references.count()
        if isActive { tables[index].activeReferences.count() }
        return known == nil
    }
}
