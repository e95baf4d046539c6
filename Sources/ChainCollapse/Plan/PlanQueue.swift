// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The plans of steps in guest order, some of them still being made, and the chunks that are left of
/// them.
struct PlanQueue {
    /// What a worker is to do next.
    enum Move {
        /// What will be read soon, the chunk itself at the latest, is told with it, each chunk once.
        case copy(Chunk, upcoming: [Chunk])
        /// To make the plan of a step and hand it in under this number.
        case plan(PlanStep, number: Int)
        case end
    }

    /// So many plans are kept: enough for workers to make some side by side, and little memory.
    private static let maximumPlans = 4
    /// Chunks are told of so many bytes before they are taken: enough to keep a disk busy, and little
    /// page cache.
    private static let announcedBytes: UInt64 = 16 << 20

    private var steps: PlanSteps
    /// Plans that are not used up, in order; nil while somebody makes one.
    private var plans: [Result<CollapsePlanner.Plan, CollapseError>?] = []
    private var usedPlans = 0
    private var nextChunk = 0
    private var nextTicket = 0
    /// The first chunk that has not been told of, counted from the first of the plans, and the bytes
    /// of those that have been and are not taken.
    private var upcomingChunk = 0
    private var upcomingBytes: UInt64 = 0
    /// What is known of the total.
    private(set) var total: ProgressMeter.Total
    /// Guest bytes whose entries are damaged, by salvage.
    private(set) var lostBytes: UInt64 = 0

    init(_ map: FlatMap, _ policy: PlanPolicy) {
        steps = PlanSteps(map, policy)
        total = ProgressMeter.Total(allWindows: map.occupiedCount, isExact: steps.isAtEnd)
    }

    /// What comes next; nil when that depends on a plan that somebody is making.
    mutating func nextMove() throws(CollapseError) -> Move? {
        while let first = plans.first, let plan = try first?.get() {
            if nextChunk < plan.chunks.count {
                let upcoming = upcoming()
                var chunk = plan.chunks[nextChunk]
                chunk.ticket = nextTicket
                nextChunk += 1
                nextTicket += 1
                upcomingBytes -= chunk.dataBytes
                return .copy(chunk, upcoming: upcoming)
            }
            plans.removeFirst()
            usedPlans += 1
            upcomingChunk -= plan.chunks.count
            nextChunk = 0
        }
        guard plans.count < PlanQueue.maximumPlans else { return nil }
        guard let step = try steps.next() else { return plans.isEmpty ? .end : nil }
        plans.append(nil)
        return .plan(step, number: usedPlans + plans.count - 1)
    }

    /// Chunks that have not been told of: the next one, and others up to so many bytes.
    private mutating func upcoming() -> [Chunk] {
        var (chunks, start): ([Chunk], Int) = ([], 0)
        for case .success(let plan)? in plans.prefix(while: { $0 != nil }) {
            for chunk in plan.chunks.dropFirst(upcomingChunk - start) {
                guard upcomingBytes < PlanQueue.announcedBytes else { return chunks }
                chunks.append(chunk)
                upcomingBytes += chunk.dataBytes
                upcomingChunk += 1
            }
            start += plan.chunks.count
        }
        return chunks
    }

    /// Takes in a plan; its failure is met in its turn.
    mutating func add(
        _ plan: Result<CollapsePlanner.Plan, CollapseError>,
        number: Int
    ) {
        plans[number - usedPlans] = plan
        guard case .success(let plan) = plan else { return }
        total.plannedWindows += plan.windowCount
        total.plannedBytes += plan.dataBytes
        total.isExact = steps.isAtEnd && plans.allSatisfy { $0 != nil }
        lostBytes += plan.lostBytes
    }
}
