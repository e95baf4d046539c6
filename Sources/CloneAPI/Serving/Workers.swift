// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix

/// Threads that may wait for the store and for files, since those that serve connections may not.
enum Workers {
    /// For looks at the store, which take microseconds.
    private static let quick = started(4)
    /// For work on files, of which no piece of a look may have to wait.
    private static let slow = started(8)

    private static func started(_ count: Int) -> NIOThreadPool {
        let pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
        return pool
    }

    /// Answers a call where it disturbs nobody.
    static func answer(_ call: Call, by route: Route) async throws -> Answer {
        switch route.work {
        case .quick(let answer): try await quick.runIfActive { try answer(call) }
        case .slow(let answer): try await slow.runIfActive { try answer(call) }
        case .waiting(let answer): try await answer(call)
        }
    }

    /// Does something that takes a while.
    static func perform<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await slow.runIfActive(body)
    }

    /// Looks something up.
    static func look<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await quick.runIfActive(body)
    }
}
