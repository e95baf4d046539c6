// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Gathers extents into chunks.
struct ChunkBuilder {
    private let policy: PlanPolicy
    private var chunks: [Chunk] = []
    private var slotStart: UInt64 = 0
    private var extents: [Extent] = []
    /// Extents for a chunk of their own.
    private var shared: [Extent] = []

    init(_ policy: PlanPolicy) { self.policy = policy }

    /// Adds extents that follow those before.
    mutating func add(_ extents: [Extent]) {
        for extent in extents {
            guard let units = policy.sharedUnits(of: extent) else {
                add(extent, isShared: false)
                continue
            }
            add(extent, extent.guestOffset..<units.lowerBound, isShared: false)
            add(extent, units, isShared: true)
            add(extent, units.upperBound..<extent.guestEnd, isShared: false)
        }
    }

    private mutating func add(_ extent: Extent, _ range: Range<UInt64>, isShared: Bool) {
        guard !range.isEmpty else { return }
        add(extent.clipped(to: range), isShared: isShared)
    }

    private mutating func add(_ extent: Extent, isShared: Bool) {
        let isOpaque = isShared || isOpaque(extent)
        var rest = extent.guestRange
        while !rest.isEmpty {
            let piece = piece(of: rest, isOpaque: isOpaque)
            let slot = piece.lowerBound / Chunk.slotBytes * Chunk.slotBytes
            if slot != slotStart { flush() }
            slotStart = slot
            let part = extent.clipped(to: piece)
            if isShared { shared.append(part) } else { extents.append(part) }
            rest = piece.upperBound..<rest.upperBound
            if piece.upperBound - slot > Chunk.slotBytes { flush() }
        }
    }

    /// True when nobody has to look at the bytes.
    private func isOpaque(_ extent: Extent) -> Bool {
        guard case .data(let layer, _) = extent.content else { return !extent.needsReading }
        return policy.sharedUnitBytes == nil && policy.sharedLayers.contains(layer)
    }

    /// The first part of a range that belongs into one chunk: up to the end of its slot, or all
    /// whole slots where nobody has to look at them.
    private func piece(of range: Range<UInt64>, isOpaque: Bool) -> Range<UInt64> {
        let slot = range.lowerBound / Chunk.slotBytes * Chunk.slotBytes
        var end = slot + Chunk.slotBytes
        if isOpaque, range.lowerBound == slot {
            let slotsEnd = range.upperBound / Chunk.slotBytes * Chunk.slotBytes
            end = max(end, min(slotsEnd, slot + Chunk.maximumWholeBytes))
        }
        return range.lowerBound..<min(end, range.upperBound)
    }

    private mutating func flush() {
        if !shared.isEmpty {
            chunks.append(Chunk(slotStart: slotStart, extents: shared, isShared: true))
            shared.removeAll()
        }
        if !extents.isEmpty {
            chunks.append(Chunk(slotStart: slotStart, extents: extents, isShared: false))
            extents.removeAll()
        }
    }

    /// The chunks of all extents since the last call.
    mutating func takeChunks() -> [Chunk] {
        flush()
        defer { chunks.removeAll() }
        return chunks
    }
}
