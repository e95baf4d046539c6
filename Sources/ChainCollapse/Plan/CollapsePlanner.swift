// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// Windows of guest space to be planned together, with whatever lies before and between them.
struct PlanStep: Hashable {
    /// All of it; where there is no window, no layer has anything.
    let range: Range<UInt64>
    let windows: [Range<UInt64>]
}

/// The steps of a plan, in guest order.
struct PlanSteps {
    /// So many windows are planned together at most, so that a plan takes little memory.
    private static let maximumWindows = 8

    private let map: FlatMap
    /// Windows are added until they reach over so many bytes.
    private let reachBytes: UInt64
    /// Up to where guest space has been handed out.
    private var position: UInt64 = 0

    init(_ map: FlatMap, _ policy: PlanPolicy) {
        self.map = map
        reachBytes = policy.reachBytes
    }

    var isAtEnd: Bool { position == map.chain.diskBytes }

    /// The next step; nil at the end of the disk.
    mutating func next() throws(CollapseError) -> PlanStep? {
        guard !isAtEnd else { return nil }
        var windows: [Range<UInt64>] = []
        let start = position
        position = map.chain.diskBytes
        while let window = try map.nextWindow(from: windows.last?.upperBound ?? start) {
            windows.append(window)
            position = window.upperBound
            guard windows.count < PlanSteps.maximumWindows,
                window.upperBound - windows[0].lowerBound < reachBytes
            else { break }
        }
        return PlanStep(range: start..<position, windows: windows)
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
        var position = step.range.lowerBound
        for window in step.windows {
            try addGap(position..<window.lowerBound)
            try add(try flattener.flatten(window))
            position = window.upperBound
        }
        try addGap(position..<step.range.upperBound)
        let chunks = builder.takeChunks()
        return Plan(
            chunks: chunks,
            windowCount: step.windows.count,
            dataBytes: chunks.reduce(0) { $0 + $1.dataBytes },
            lostBytes: lostBytes
        )
    }

    private mutating func addGap(_ gap: Range<UInt64>) throws(CollapseError) {
        if !gap.isEmpty { try add([.unallocated(gap)]) }
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
