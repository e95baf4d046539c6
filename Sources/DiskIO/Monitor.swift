// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// State that threads share, and on whose changes they can wait.
// SAFETY: pthread objects that never move; the state is touched under the mutex only.
@safe package final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(change, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(change)
        unsafe pthread_mutex_destroy(mutex)
        unsafe change.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone with the state, which it only looks at.
    package func read<R>(_ body: (State) -> R) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe _ = pthread_mutex_unlock(mutex) }
        return body(state)
    }

    /// Runs `body` alone with the state, and wakes those who wait for a change.
    package func change<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe _ = pthread_cond_broadcast(change)
            unsafe _ = pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    /// Runs `body` alone with the state, again after each change, until it has an answer.
    package func wait<R, E: Error>(
        for body: (inout State) throws(E) -> R?
    ) throws(E) -> R {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe _ = pthread_mutex_unlock(mutex) }
        while true {
            if let answer = try body(&state) { return answer }
            unsafe _ = pthread_cond_wait(change, mutex)
        }
    }
}
