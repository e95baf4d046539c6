// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Hands out the parts of two disks in which either chain has anything, in order, until something is
/// found.
///
/// What is found at the lowest offset counts, and everything below it has been looked at: so the
/// result does not depend on the number of workers.
final class ComparisonCursor: Sendable {
    private struct State {
        var position: UInt64 = 0
        /// Up to where a chain may have something in every part.
        var occupiedEnd: UInt64 = 0
        var finding: (offset: UInt64, result: Result<Comparison.Difference?, Comparison.Failure>)?
    }

    private let maps: [FlatMap]
    private let meter: ProgressMeter
    private let cancellation: Cancellation
    private let state = Mutex(State())

    init(_ maps: [FlatMap], _ meter: ProgressMeter, _ cancellation: Cancellation) {
        self.maps = maps
        self.meter = meter
        self.cancellation = cancellation
        let diskBytes = maps.map(\.chain.diskBytes).max() ?? 0
        meter.update(ProgressMeter.Total(plannedBytes: diskBytes, isExact: true))
    }

    /// The next part, which lies in one slot; nil when there is no more to look at.
    func next() -> Range<UInt64>? {
        state.withLock { state in
            guard state.finding == nil else { return nil }
            do throws(Comparison.Failure) {
                try at(.reading) { () throws(CollapseError) in try cancellation.check() }
                return try at(.mapping) { () throws(CollapseError) in try nextPart(&state) }
            } catch {
                state.finding = (state.position, .failure(error))
                return nil
            }
        }
    }

    private func nextPart(_ state: inout State) throws(CollapseError) -> Range<UInt64>? {
        if state.position >= state.occupiedEnd {
            var nearest: Range<UInt64>?
            for map in maps {
                guard let window = try map.nextWindow(from: state.position) else { continue }
                if window.lowerBound < nearest?.lowerBound ?? .max { nearest = window }
            }
            guard let nearest else { return nil }
            let start = max(state.position, nearest.lowerBound)
            meter.add(start - state.position)
            state.position = start
            state.occupiedEnd = nearest.upperBound
        }
        let slotEnd = (state.position / Chunk.slotBytes + 1) * Chunk.slotBytes
        let part = state.position..<min(slotEnd, state.occupiedEnd)
        state.position = part.upperBound
        return part
    }

    /// Takes what came out for a part.
    func add(
        _ result: Result<Comparison.Difference?, Comparison.Failure>,
        _ part: Range<UInt64>
    ) {
        meter.add(UInt64(part.count))
        if case .success(nil) = result { return }
        state.withLock { state in
            guard part.lowerBound < state.finding?.offset ?? .max else { return }
            state.finding = (part.lowerBound, result)
        }
    }

    /// The first difference, or the failure that came before any.
    func result() throws(Comparison.Failure) -> Comparison.Difference? {
        try state.withLock { $0.finding?.result }?.get()
    }
}

/// Runs a step of a comparison; its failure says which one it was.
func at<R>(
    _ step: Comparison.Failure.Step,
    _ body: () throws(CollapseError) -> R
) throws(Comparison.Failure) -> R {
    do throws(CollapseError) { return try body() } catch {
        throw Comparison.Failure(step: step, error: error)
    }
}
