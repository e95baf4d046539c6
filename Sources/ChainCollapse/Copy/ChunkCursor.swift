// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Hands out the chunks of a plan in order, to any number of workers, until somebody wants no more.
///
/// The workers plan as well: whoever finds no chunk plans the next step. So tables are decoded side
/// by side, and not far ahead of the copying.
final class ChunkCursor: Sendable {
    private let queue: Monitor<PlanQueue>
    private let meter: ProgressMeter
    private let cancellation: Cancellation

    init(
        _ map: FlatMap,
        _ policy: PlanPolicy,
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) {
        let queue = PlanQueue(map, policy)
        meter.update(queue.total)
        self.queue = Monitor(queue)
        self.meter = meter
        self.cancellation = cancellation
    }

    /// The next chunk, planned by the worker's own planner where it comes to that; nil when there is
    /// none.
    ///
    /// - Returns: it, and the chunks to announce by then.
    /// - Throws: `CollapseError`, `.cancelled` among them.
    func take(
        _ planner: inout CollapsePlanner
    ) throws(CollapseError) -> (chunk: Chunk, upcoming: [Chunk])? {
        while true {
            try cancellation.check()
            let move = try queue.wait { (queue) throws(CollapseError) in try queue.nextMove() }
            switch move {
            case .copy(let chunk, let upcoming): return (chunk, upcoming)
            case .plan(let step, let number):
                let plan = Result { () throws(CollapseError) in try planner.plan(step) }
                let total = queue.change { queue in
                    queue.add(plan, number: number)
                    return queue.total
                }
                meter.update(total)
            case .end: return nil
            }
        }
    }

    /// Guest bytes whose entries are damaged, by salvage.
    var lostBytes: UInt64 { queue.read(\.lostBytes) }
}
