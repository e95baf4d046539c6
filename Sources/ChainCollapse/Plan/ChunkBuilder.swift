// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Gathers extents into chunks.
struct ChunkBuilder {
    private let policy: PlanPolicy
    private var chunks: [Chunk] = []
    private var slotStart: UInt64 = 0
    private var extents: [Extent] = []
    /// Units for chunks of their own, in guest order.
    private var shared: [Extent] = []

    init(_ policy: PlanPolicy) { self.policy = policy }

    /// Adds extents that follow those before.
    mutating func add(_ extents: [Extent]) {
        for extent in extents {
            guard let units = policy.sharedUnits(of: extent) else {
                add(extent, extent.guestRange)
                continue
            }
            add(extent, extent.guestOffset..<units.lowerBound)
            addUnits(extent.clipped(to: units))
            add(extent, units.upperBound..<extent.guestEnd)
        }
    }

    private mutating func add(_ extent: Extent, _ range: Range<UInt64>) {
        let isOpaque = isOpaque(extent)
        var rest = range
        while !rest.isEmpty {
            let piece = piece(of: rest, isOpaque: isOpaque)
            let slot = piece.lowerBound / Chunk.slotBytes * Chunk.slotBytes
            if slot != slotStart { flush() }
            flushUnits(before: piece.upperBound)
            slotStart = slot
            extents.append(extent.clipped(to: piece))
            rest = piece.upperBound..<rest.upperBound
            if piece.upperBound - slot > Chunk.slotBytes { flush() }
        }
    }

    private mutating func addUnits(_ extent: Extent) {
        var rest = extent.guestRange
        while !rest.isEmpty {
            let end = min(rest.lowerBound + Chunk.maximumWholeBytes, rest.upperBound)
            flushUnits(before: end)
            shared.append(extent.clipped(to: rest.lowerBound..<end))
            rest = end..<rest.upperBound
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
        guard !extents.isEmpty else { return }
        chunks.append(Chunk(slotStart: slotStart, extents: extents))
        extents.removeAll()
    }

    /// Makes chunks of the units so far, unless they are within reach of a guest offset.
    private mutating func flushUnits(before end: UInt64) {
        guard let first = shared.first, end - first.guestOffset > policy.reachBytes else { return }
        flushUnits()
    }

    /// Makes chunks of the units so far, in the order of the layers' files.
    private mutating func flushUnits() {
        var units: [Extent] = []
        var byteCount: UInt64 = 0
        func addChunk() {
            guard let first = units.first else { return }
            let slotStart = first.guestOffset / Chunk.slotBytes * Chunk.slotBytes
            chunks.append(Chunk(slotStart: slotStart, extents: units, isShared: true))
            (units, byteCount) = ([], 0)
        }
        for unit in shared.sorted(by: Extent.liesBefore) {
            if byteCount + unit.byteCount > Chunk.maximumWholeBytes { addChunk() }
            units.append(unit)
            byteCount += unit.byteCount
        }
        addChunk()
        shared.removeAll()
    }

    /// The chunks of all extents since the last call.
    mutating func takeChunks() -> [Chunk] {
        flush()
        flushUnits()
        defer { chunks.removeAll() }
        return chunks
    }
}
