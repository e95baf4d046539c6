// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The bits of an L2 entry: sections "L2 table entry" and "Extended L2 Entries".
///
///     bit  0         standard: the cluster reads as zeros (version 3); extended: reserved
///     bit  1 ..  8   reserved
///     bit  9 .. 55   offset of the cluster, cluster-aligned; 0: unallocated (or, with a data file
///                    and bit 63, the data file's first cluster)
///     bit 56 .. 61   reserved
///     bit 62         compressed: bits 0 to 61 are a compressed cluster descriptor
///     bit 63         the cluster's refcount is exactly one
///
/// An extended entry has a second word: bit n says that subcluster n is allocated, bit 32 + n that
/// it reads as zeros.
enum L2Entry {
    static let zero = BitField(0)
    static let reserved = BitField(1...8).mask | BitField(56...61).mask
    static let offset = BitField(9...55)
    static let compressed = BitField(62)
    static let copied = BitField(63)
}

/// An L2 entry that cannot be followed: its bits, and where in the image they are.
package struct DamagedEntry: Hashable, Sendable {
    let word: UInt64
    let bitmap: UInt64
    /// Where the entry lies in the image file, in bytes.
    let entryOffset: UInt64
    /// The guest offset of the cluster it describes.
    let guestOffset: UInt64
}

/// What an image says of a run of guest bytes.
package enum Mapping: Hashable, Sendable {
    /// It reads as zeros, whatever lies below.
    case zeros
    /// Its bytes lie at this place of the image's data, one after the other.
    case data(HostOffset)
    /// It is a part of the one cluster that this stream holds.
    case compressed(CompressedRun)
    /// The entry that should say where it lies is damaged.
    case damaged(DamagedEntry)
}

/// A run of guest bytes that one image allocates.
package struct MappedRun: Hashable, Sendable {
    package let guestOffset: UInt64
    package var byteCount: UInt64
    package let mapping: Mapping

    package init(guestOffset: UInt64, byteCount: UInt64, mapping: Mapping) {
        self.guestOffset = guestOffset
        self.byteCount = byteCount
        self.mapping = mapping
    }

    package var guestEnd: UInt64 { guestOffset + byteCount }

    /// Appends the following run when it continues this one; false when it does not.
    mutating func extend(with next: MappedRun) -> Bool {
        guard next.guestOffset == guestEnd else { return false }
        switch (mapping, next.mapping) {
        case (.zeros, .zeros): break
        case (.data(let here), .data(let there)) where here.advanced(by: byteCount) == there: break
        default: return false
        }
        byteCount += next.byteCount
        return true
    }
}
