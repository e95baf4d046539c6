// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets so many copies write to a storage domain at the same time, and no more.
final class DomainTurns: Sendable {
    /// More than this only make a disk's heads wander.
    static let copiesPerDomain = 2

    private struct Queue {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let queues = Mutex<[StorageDomain.ID: Queue]>([:])

    /// Waits for a turn, and does something in it.
    func take<R>(in domain: StorageDomain.ID?, _ body: () async -> R) async -> R {
        guard let domain else { return await body() }
        await wait(for: domain)
        defer { leave(domain) }
        return await body()
    }

    private func wait(for domain: StorageDomain.ID) async {
        await withCheckedContinuation { continuation in
            let hasTurn = queues.withLock { queues in
                guard queues[domain, default: Queue()].running >= DomainTurns.copiesPerDomain else {
                    queues[domain, default: Queue()].running += 1
                    return true
                }
                queues[domain]?.waiting.append(continuation)
                return false
            }
            if hasTurn { continuation.resume() }
        }
    }

    private func leave(_ domain: StorageDomain.ID) {
        let next = queues.withLock { queues -> CheckedContinuation<Void, Never>? in
            guard var queue = queues[domain] else { return nil }
            defer { queues[domain] = queue }
            guard queue.waiting.isEmpty else { return queue.waiting.removeFirst() }
            queue.running -= 1
            return nil
        }
        next?.resume()
    }
}
