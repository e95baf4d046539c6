// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A collapse that is under way.
public struct CollapseJob: Sendable {
    /// How far it is, now and then, and a last time at the end.
    ///
    /// A slow listener misses values, never the last one.
    public let progress: AsyncStream<CollapseProgress>
    let task: Task<Result<CollapseReport, CollapseError>, Never>
    let cancellation: Cancellation

    var result: Result<CollapseReport, CollapseError> {
        get async { await task.value }
    }

    /// Waits for the end.
    ///
    /// - Throws: `CollapseError`.
    public func report() async throws(CollapseError) -> CollapseReport { try await result.get() }

    /// Asks the work to stop soon; it then ends with `.cancelled` and leaves nothing behind.
    public func cancel() { cancellation.cancel() }
}
