// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Lets threads through one by one in the order of their tickets, 0 first.
///
/// Workers that finish out of order pass it to hand out offsets in order, so that a target's layout
/// does not depend on which thread was faster.
package final class Turnstile: Sendable {
    private struct State {
        var next = 0
        var isOpen = true
    }

    private let monitor = Monitor(State())

    package init() {}

    /// Waits for the ticket's turn, runs `body` alone, and lets the next ticket in.
    ///
    /// - Returns: what `body` returns, or nil without running it when the turnstile was closed.
    package func pass<R, E: Error>(_ ticket: Int, _ body: () throws(E) -> R) throws(E) -> R? {
        let isTurn = monitor.wait { state in
            if !state.isOpen { false } else if state.next == ticket { true } else { nil }
        }
        guard isTurn else { return nil }
        let result = try body()
        monitor.change { $0.next += 1 }
        return result
    }

    /// Sends everyone who waits, and who comes, away: the work has failed.
    package func close() { monitor.change { $0.isOpen = false } }
}
