// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Lets threads through one by one in the order of their tickets, 0 first.
///
/// Workers that finish out of order pass it to hand out offsets in order, so that a target's layout
/// does not depend on which thread was faster.
// SAFETY: pthread objects that never move; the state is touched under the mutex only.
@safe package final class Turnstile: Sendable {
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(
        capacity: 1
    )
    private nonisolated(unsafe) let turn = UnsafeMutablePointer<pthread_cond_t>.allocate(
        capacity: 1
    )
    private nonisolated(unsafe) var next = 0
    private nonisolated(unsafe) var isOpen = true

    package init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(turn, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(turn)
        unsafe pthread_mutex_destroy(mutex)
        unsafe turn.deallocate()
        unsafe mutex.deallocate()
    }

    /// Waits for the ticket's turn, runs `body` alone, and lets the next ticket in.
    ///
    /// - Returns: what `body` returns, or nil without running it when the turnstile was closed.
    package func pass<R, E: Error>(_ ticket: Int, _ body: () throws(E) -> R) throws(E) -> R? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe _ = pthread_mutex_unlock(mutex) }
        while unsafe next != ticket, unsafe isOpen {
            unsafe _ = pthread_cond_wait(turn, mutex)
        }
        guard unsafe isOpen else { return nil }
        let result = try body()
        unsafe next += 1
        unsafe _ = pthread_cond_broadcast(turn)
        return result
    }

    /// Sends everyone who waits, and who comes, away: the work has failed.
    package func close() {
        unsafe pthread_mutex_lock(mutex)
        unsafe isOpen = false
        unsafe _ = pthread_cond_broadcast(turn)
        unsafe _ = pthread_mutex_unlock(mutex)
    }
}
