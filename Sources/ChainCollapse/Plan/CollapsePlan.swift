// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// Turns the flattened map of a chain into chunks, in guest order, for a target with a policy.
///
/// Pure: only the chain's tables are read.
struct CollapsePlan {
    private let map: FlatMap
    private let policy: PlanPolicy
    private var flattener: WindowFlattener
    /// Up to where guest space has been planned.
    private var position: UInt64 = 0
    private var pending: [Chunk] = []
    private var nextPending = 0
    private var builder: ChunkBuilder

    /// The windows that were planned and the guest bytes they want read: for an estimate of the
    /// total before the plan's end.
    private(set) var plannedWindows = 0
    private(set) var plannedBytes: UInt64 = 0
    /// Guest bytes whose entries are damaged, by salvage.
    private(set) var lostBytes: UInt64 = 0
    private(set) var isComplete = false

    init(_ map: FlatMap, policy: PlanPolicy) {
        self.map = map
        self.policy = policy
        flattener = WindowFlattener(map)
        builder = ChunkBuilder(sharedLayers: policy.sharedLayers)
    }

    /// The next chunk; nil at the end.
    ///
    /// - Throws: `CollapseError` when a table cannot be read or an entry that can be seen is
    ///   damaged.
    mutating func next() throws(CollapseError) -> Chunk? {
        while nextPending == pending.count {
            guard !isComplete else { return nil }
            try planNextWindow()
        }
        defer { nextPending += 1 }
        return pending[nextPending]
    }

    private mutating func planNextWindow() throws(CollapseError) {
        let end = map.chain.diskBytes
        let window = try map.nextWindow(from: position)
        let gapEnd = window?.lowerBound ?? end
        if position < gapEnd { try add([.unallocated(position..<gapEnd)]) }
        if let window {
            try add(try flattener.flatten(window))
            plannedWindows += 1
        }
        position = window?.upperBound ?? end
        isComplete = position == end
        pending = builder.takeChunks()
        nextPending = 0
        plannedBytes += pending.reduce(0) { $0 + $1.dataBytes }
    }

    private mutating func add(_ extents: [Extent]) throws(CollapseError) {
        let readable = try withoutDamage(extents)
        if let base = policy.baseLayer {
            builder.add(AboveBase(map.chain, base, policy.grainBytes).select(readable))
        } else {
            builder.add(policy.wantsZeros ? readable : readable.filter(\.needsReading))
        }
    }

    private mutating func withoutDamage(_ extents: [Extent]) throws(CollapseError) -> [Extent] {
        var result = extents
        for (index, extent) in extents.enumerated() {
            guard case .damaged(let layer, let entry) = extent.content else { continue }
            guard policy.salvage else {
                guard let image = map.chain.layers[layer].image else { continue }
                throw CollapseError(.format(image.error(for: entry)))
            }
            lostBytes += extent.byteCount
            result[index] = Extent(
                guestOffset: extent.guestOffset,
                byteCount: extent.byteCount,
                content: .zeros(layer: layer)
            )
        }
        return result
    }
}

/// Gathers extents into chunks.
private struct ChunkBuilder {
    private let sharedLayers: Set<Int>
    private var chunks: [Chunk] = []
    private var slotStart: UInt64 = 0
    private var extents: [Extent] = []
    private var nextTicket = 0

    init(sharedLayers: Set<Int>) { self.sharedLayers = sharedLayers }

    mutating func add(_ extents: [Extent]) {
        for extent in extents {
            let isOpaque = isOpaque(extent)
            var rest = extent.guestRange
            while !rest.isEmpty {
                let piece = piece(of: rest, isOpaque: isOpaque)
                let slot = piece.lowerBound / Chunk.slotBytes * Chunk.slotBytes
                if slot != slotStart { flush() }
                slotStart = slot
                self.extents.append(extent.clipped(to: piece))
                rest = piece.upperBound..<rest.upperBound
                if piece.upperBound - slot > Chunk.slotBytes { flush() }
            }
        }
    }

    /// True when nobody has to look at the bytes.
    private func isOpaque(_ extent: Extent) -> Bool {
        guard case .data(let layer, _) = extent.content else { return !extent.needsReading }
        return sharedLayers.contains(layer)
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
        chunks.append(Chunk(ticket: nextTicket, slotStart: slotStart, extents: extents))
        nextTicket += 1
        extents.removeAll()
    }

    mutating func takeChunks() -> [Chunk] {
        flush()
        defer { chunks.removeAll() }
        return chunks
    }
}
