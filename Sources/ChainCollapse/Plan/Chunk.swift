// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A unit of work: what one worker copies in one go.
struct Chunk: Hashable, Sendable {
    /// Chunks begin at multiples of this and, unless nobody has to look at their bytes, are no
    /// longer.
    ///
    /// No format has larger clusters, so neither a compressed source cluster nor a target cluster
    /// belongs to two chunks.
    static let slotBytes: UInt64 = 2 << 20

    /// Whole slots of zeros, or of data that can be shared, are given to a target so many at a
    /// time, so that work on them can be cancelled.
    static let maximumWholeBytes: UInt64 = 128 * slotBytes

    /// Its place in the order of all chunks, from 0; given when a worker takes it.
    var ticket = 0
    /// The guest offset of the first slot it touches.
    let slotStart: UInt64
    /// What to copy, in guest order.
    let extents: [Extent]
    /// Its extents are whole units of the target, which gives them places before they are read.
    var isShared = false

    /// The one extent of a chunk that is nothing but whole slots of zeros, which nobody has to look
    /// at.
    ///
    /// Besides such a chunk only one of whole slots of one extent of shared data may touch more than
    /// one slot.
    var wholeZeroSlots: Range<UInt64>? {
        guard extents.count == 1, !extents[0].needsReading else { return nil }
        let range = extents[0].guestRange
        let isWhole = range.lowerBound == slotStart && range.upperBound % Chunk.slotBytes == 0
        return isWhole ? range : nil
    }

    /// The chunk in pieces of one slot each, as buffers hold them.
    var slots: [Chunk] {
        guard let end = extents.last?.guestEnd, end - slotStart > Chunk.slotBytes else {
            return [self]
        }
        let start = extents[0].guestOffset / Chunk.slotBytes * Chunk.slotBytes
        return stride(from: start, to: end, by: Int(Chunk.slotBytes)).map { start in
            let slot = start..<(start + Chunk.slotBytes)
            let parts = extents.filter { $0.guestRange.overlaps(slot) }
            return Chunk(
                ticket: ticket,
                slotStart: start,
                extents: parts.map { $0.clipped(to: slot) },
                isShared: isShared
            )
        }
    }

    /// The same chunk with some of its extents; nil when there are none.
    func with(_ extents: [Extent]) -> Chunk? {
        extents.isEmpty
            ? nil
            : Chunk(ticket: ticket, slotStart: slotStart, extents: extents, isShared: isShared)
    }

    /// The bytes that must be read, uncompressed.
    var dataBytes: UInt64 {
        extents.reduce(0) { $0 + ($1.needsReading ? $1.byteCount : 0) }
    }
}
