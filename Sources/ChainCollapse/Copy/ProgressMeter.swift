// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts what workers have copied and tells the listener, not more often than it can use.
final class ProgressMeter: Sendable {
    private static let minimumInterval = Duration.milliseconds(50)

    /// What the plan knows of the total.
    struct Total: Hashable {
        var plannedBytes: UInt64 = 0
        var plannedWindows = 0
        var allWindows = 0
        var isExact = false

        /// The planned bytes, scaled up to the windows that are still to be planned.
        var estimatedBytes: UInt64 {
            guard !isExact, plannedWindows > 0, allWindows > plannedWindows else {
                return plannedBytes
            }
            return UInt64(Double(plannedBytes) * Double(allWindows) / Double(plannedWindows))
        }
    }

    private struct State {
        var copiedBytes: UInt64 = 0
        /// Of the pass over the data that is under way.
        var total = Total()
        /// The bytes of passes that have ended, all together and of the longest.
        var endedBytes: UInt64 = 0
        var longestBytes: UInt64 = 0
        var passesToFollow = 0
        /// What passes to follow have at least.
        var followingBytes: UInt64 = 0
        var lastReport: ContinuousClock.Instant?

        var totalIsExact: Bool { total.isExact && passesToFollow == 0 }

        /// All passes, as long as the longest where nothing else is known of them.
        var totalBytes: UInt64 {
            // Tables can promise anything, and no sum of promises may overflow.
            let present = min(total.estimatedBytes, .max / 4)
            let expected = max(present, longestBytes)
            return endedBytes + (total.isExact ? present : expected)
                + UInt64(passesToFollow) * max(expected, followingBytes)
        }
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now
    private let listener: @Sendable (CollapseProgress) -> Void

    init(_ listener: @escaping @Sendable (CollapseProgress) -> Void) { self.listener = listener }

    /// The time since the start, in seconds.
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Begins a pass over the data, after which so many more come, of so many bytes where they can
    /// be longer than this one.
    func beginPass(followedBy count: Int, ofAtLeast followingBytes: UInt64 = 0) {
        state.withLock { state in
            let ended = state.total.plannedBytes
            state.endedBytes += ended
            state.longestBytes = max(state.longestBytes, ended, state.followingBytes)
            state.followingBytes = min(followingBytes, .max / 8)
            state.total = Total()
            state.passesToFollow = count
        }
    }

    func update(_ total: Total) { state.withLock { $0.total = total } }

    func add(_ bytes: UInt64) {
        let now = ContinuousClock.now
        let due = state.withLock { state in
            state.copiedBytes += bytes
            let last = state.lastReport ?? start
            guard now - last >= ProgressMeter.minimumInterval else { return false }
            state.lastReport = now
            return true
        }
        if due { report() }
    }

    /// Tells the listener where things stand.
    func report() {
        let state = state.withLock { $0 }
        listener(
            CollapseProgress(
                copiedBytes: state.copiedBytes,
                totalBytes: max(state.copiedBytes, state.totalBytes),
                totalIsExact: state.totalIsExact,
                seconds: seconds
            )
        )
    }
}
