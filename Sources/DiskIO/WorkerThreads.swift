// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Threads of our own, for work that blocks in the kernel and must not sit on Swift's pool.
package enum WorkerThreads {
    /// The number of processors this process may use, at least 1.
    package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The machine's memory.
    static var memoryBytes: UInt64 {
        UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES))))
            * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    }

    /// Stops the calling thread for a time; a signal may end it early.
    package static func pause(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        // SAFETY: `time` is a valid structure for the call to read.
        _ = unsafe nanosleep(&time, nil)
    }

    /// Runs `body` on `count` threads, each with its number, and returns when all have ended.
    package static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let threads = (1..<max(count, 1)).map { number in start { body(number) } }
        body(0)
        for thread in threads { _ = pthread_join(thread, nil) }
    }

    /// Runs `body` on a thread of its own and waits for it without blocking the caller's executor.
    package static func runDetached<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            _ = pthread_detach(start { continuation.resume(returning: body()) })
        }
    }

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t {
        var thread = pthread_t()
        // SAFETY: the thread takes over the reference that is passed to it.
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        // SAFETY: as above.
        let status = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            },
            work
        )
        precondition(status == 0, "the system refused a thread: error \(status)")
        return thread
    }
}
