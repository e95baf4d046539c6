// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// A window of guest space to be planned, with whatever lies between it and the one before.
struct PlanStep: Hashable {
    /// No layer has anything here.
    let gap: Range<UInt64>
    /// Nil behind the last window.
    let window: Range<UInt64>?
}

/// The steps of a plan, in guest order.
struct PlanSteps {
    private let map: FlatMap
    /// Up to where guest space has been handed out.
    private var position: UInt64 = 0

    init(_ map: FlatMap) { self.map = map }

    var isAtEnd: Bool { position == map.chain.diskBytes }

    /// The next step; nil at the end of the disk.
    mutating func next() throws(CollapseError) -> PlanStep? {
        guard !isAtEnd else { return nil }
        let window = try map.nextWindow(from: position)
        let gap = position..<(window?.lowerBound ?? map.chain.diskBytes)
        position = window?.upperBound ?? map.chain.diskBytes
        return PlanStep(gap: gap, window: window)
    }
}

/// Turns the flattened map of a chain into chunks, step by step, for a target with a policy.
///
/// Pure: only the chain's tables are read. Owned by one worker.
struct CollapsePlanner {
    /// What there is to do in one step.
    struct Plan {
        let chunks: [Chunk]
        let windowCount: Int
        /// Guest bytes to be read.
        let dataBytes: UInt64
        /// Guest bytes whose entries are damaged, by salvage.
        let lostBytes: UInt64
    }

    private let chain: ImageChain
    private let policy: PlanPolicy
    private var flattener: WindowFlattener
    private var builder: ChunkBuilder
    private var lostBytes: UInt64 = 0

    init(_ map: FlatMap, policy: PlanPolicy) {
        chain = map.chain
        self.policy = policy
        flattener = WindowFlattener(map)
        builder = ChunkBuilder(policy)
    }

    /// Plans one step.
    ///
    /// - Throws: `CollapseError` when a table cannot be read or an entry that can be seen is
    ///   damaged.
    mutating func plan(_ step: PlanStep) throws(CollapseError) -> Plan {
        lostBytes = 0
        if !step.gap.isEmpty { try add([.unallocated(step.gap)]) }
        if let window = step.window { try add(try flattener.flatten(window)) }
        let chunks = builder.takeChunks()
        return Plan(
            chunks: chunks,
            windowCount: step.window == nil ? 0 : 1,
            dataBytes: chunks.reduce(0) { $0 + $1.dataBytes },
            lostBytes: lostBytes
        )
    }

    private mutating func add(_ extents: [Extent]) throws(CollapseError) {
        let readable = try withoutDamage(extents)
        if let base = policy.baseLayer {
            builder.add(AboveBase(chain, base, policy.grainBytes).select(readable))
        } else if policy.keepsTop {
            builder.add(
                WholeUnits(grainBytes: policy.grainBytes)
                    .select(readable) { $0.needsReading && $0.layer != 0 }
            )
        } else {
            builder.add(policy.wantsZeros ? readable : readable.filter(\.needsReading))
        }
    }

    private mutating func withoutDamage(_ extents: [Extent]) throws(CollapseError) -> [Extent] {
        var result = extents
        for (index, extent) in extents.enumerated() {
            guard case .damaged(let layer, let entry) = extent.content else { continue }
            guard policy.salvage else { throw chain.error(for: entry, of: layer) }
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
