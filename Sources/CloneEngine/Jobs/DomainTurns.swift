// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation
internal import Synchronization

/// Lets so many copies write to a storage domain at the same time, and no more, in whatever processes
/// they run.
///
/// Within a process they take turns in the order in which they came. For the turn of a process there
/// are files, of which each copy has one locked; the kernel takes the lock back when the process ends,
/// however that happens.
final class DomainTurns: Sendable {
    /// More than this only make a disk's heads wander.
    static let copiesPerDomain = 2

    /// How often a copy looks whether another process's has ended.
    private static let interval = Duration.milliseconds(100)

    private struct Queue {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let queues = Mutex<[StorageDomain.ID: Queue]>([:])
    private let directory: String

    init(in stateDirectory: String) { directory = stateDirectory + "/turns" }

    /// Waits for a turn, and does something in it.
    func take<R>(in domain: StorageDomain.ID?, _ body: () async -> R) async -> R {
        guard let domain else { return await body() }
        await wait(for: domain)
        defer { leave(domain) }
        let turn = await turn(in: domain)
        defer { withExtendedLifetime(turn) {} }
        return await body()
    }

    /// Waits until there is a file that no other copy has locked, or the task is cancelled.
    ///
    /// Where there can be no such files, there are no other processes to be waited for either.
    private func turn(in domain: StorageDomain.ID) async -> File? {
        let files = FileManager.default
        try? files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        repeat {
            for number in 0..<DomainTurns.copiesPerDomain {
                do throws(IOError) {
                    if let file = try File.locked("\(directory)/\(domain)-\(number)") {
                        return file
                    }
                } catch { return nil }
            }
        } while (try? await Task.sleep(for: DomainTurns.interval)) != nil
        return nil
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
