// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// Makes workers together write no more than so many bytes a second.
///
/// Who has written waits until the rate allows it. Time in which nobody writes is not made up for.
final class RateLimiter: Sendable {
    /// A wish to stop is seen after this time.
    private static let longestPause = Duration.milliseconds(50)

    private let bytesPerSecond: Double
    private let cancellation: Cancellation
    /// When all that was written fits the rate.
    private let paidUntil = Mutex(ContinuousClock.now)
    private let isOver = Atomic(false)

    init(bytesPerSecond: UInt64, _ cancellation: Cancellation) {
        self.bytesPerSecond = Double(bytesPerSecond)
        self.cancellation = cancellation
    }

    /// Waits until the bytes that were just written, and all before them, fit the rate.
    ///
    /// - Throws: `CollapseError`, `.cancelled`.
    func wait(forBytes byteCount: UInt64) throws(CollapseError) {
        let cost = Duration.seconds(Double(byteCount) / bytesPerSecond)
        let end = paidUntil.withLock { end in
            end = max(end, ContinuousClock.now) + cost
            return end
        }
        while !isOver.load(ordering: .relaxed) {
            let rest = end - ContinuousClock.now
            guard rest > .zero else { return }
            try cancellation.check()
            WorkerThreads.pause(min(rest, RateLimiter.longestPause))
        }
    }

    /// Lets everybody go who waits, because the work has failed.
    func stop() { isOver.store(true, ordering: .relaxed) }
}
