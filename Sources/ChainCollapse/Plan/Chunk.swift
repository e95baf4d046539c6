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
    /// What to copy: in guest order or, where it is shared, in that of the layers' files.
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

    /// The chunk in pieces of one slot each, as buffers hold them; its extents are in guest order.
    var slots: [Chunk] {
        var slots: [Chunk] = []
        var (start, parts): (UInt64, [Extent]) = (slotStart, [])
        func addSlot() {
            guard !parts.isEmpty else { return }
            slots.append(
                Chunk(ticket: ticket, slotStart: start, extents: parts, isShared: isShared)
            )
            parts = []
        }
        for extent in extents {
            for slot in Chunk.slots(of: extent.guestRange) {
                if slot.lowerBound != start { addSlot() }
                start = slot.lowerBound
                parts.append(extent.clipped(to: slot))
            }
        }
        addSlot()
        return slots
    }

    /// The slots that a range touches.
    private static func slots(of range: Range<UInt64>) -> some Sequence<Range<UInt64>> {
        let first = range.lowerBound / slotBytes * slotBytes
        return stride(from: first, to: range.upperBound, by: Int(slotBytes)).lazy.map { start in
            start..<(start + slotBytes)
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
