// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Hands the chunks of a plan to workers, in order, until the plan ends, one fails, or the caller
/// wants no more.
final class ChunkCursor: Sendable {
    private let plan: Mutex<CollapsePlan>
    private let allWindows: Int
    private let meter: ProgressMeter
    private let cancellation: Cancellation

    init(
        _ map: FlatMap,
        policy: PlanPolicy,
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) {
        plan = Mutex(CollapsePlan(map, policy: policy))
        allWindows = map.occupiedCount
        self.meter = meter
        self.cancellation = cancellation
    }

    /// The next chunk; nil when there is none.
    ///
    /// - Throws: `CollapseError`, `.cancelled` among them.
    func take() throws(CollapseError) -> Chunk? {
        try cancellation.check()
        return try plan.withLock { (plan) throws(CollapseError) in
            let before = plan.plannedWindows
            let chunk = try plan.next()
            if plan.plannedWindows != before || plan.isComplete {
                meter.update(
                    ProgressMeter.Total(
                        plannedBytes: plan.plannedBytes,
                        plannedWindows: plan.plannedWindows,
                        allWindows: allWindows,
                        isExact: plan.isComplete
                    )
                )
            }
            return chunk
        }
    }

    /// Guest bytes whose entries are damaged, by salvage.
    var lostBytes: UInt64 { plan.withLock { $0.lostBytes } }
}

/// A wish to stop, which workers look at between chunks.
final class Cancellation: Sendable {
    private let isWanted = Atomic(false)

    func cancel() { isWanted.store(true, ordering: .relaxed) }

    func check() throws(CollapseError) {
        guard !isWanted.load(ordering: .relaxed) else {
            throw CollapseError(.cancelled, "the collapse was cancelled")
        }
    }
}
