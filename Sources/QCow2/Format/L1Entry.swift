// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The bits of an L1 entry: section "L1 table entry".
///
///     bit  0 ..  8   reserved
///     bit  9 .. 55   offset of an L2 table, cluster-aligned; 0: the range is unallocated
///     bit 56 .. 62   reserved
///     bit 63         the table's refcount is exactly one
enum L1Entry {
    static let reserved = BitField(0...8).mask | BitField(56...62).mask
    static let offset = BitField(9...55)
    static let copied = BitField(63)
}
