// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Threads and turnstiles", .timeLimit(.minutes(10)))
struct ThreadTests {
    @Test(
        "every worker runs once, with its number, and all have ended",
        arguments: [0, 1, 2, 7, 64]
    )
    func workers(count: Int) {
        let seen = Mutex<[Int]>([])
        WorkerThreads.run(count) { number in
            if number % 3 == 1 { Thread.sleep(forTimeInterval: 0.01) }
            seen.withLock { $0.append(number) }
        }
        #expect(seen.withLock { $0.sorted() } == Array(0..<max(1, count)))
    }

    @Test("workers run at the same time")
    func together() {
        let gate = Gate(6)
        let late = Atomic(0)
        // Each waits for all the others: with fewer threads than workers they would not meet.
        WorkerThreads.run(6) { _ in
            if !gate.wait() { late.add(1, ordering: .relaxed) }
        }
        #expect(late.load(ordering: .relaxed) == 0)
    }

    @Test("there is at least one processor")
    func processors() {
        #expect((1...ProcessInfo.processInfo.processorCount).contains(WorkerThreads.processorCount))
    }

    @Test("detached work brings back its result, from another thread than the caller's")
    func detached() async {
        let names = await withTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask {
                    await WorkerThreads.runDetached {
                        // A thread of Swift's pool must not sleep; this one may.
                        Thread.sleep(forTimeInterval: 0.05)
                        return number
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(names.sorted() == Array(0..<20))
    }

    @Test("tickets pass in order, whoever comes first", arguments: 1...5 as ClosedRange<UInt64>)
    func order(seed: UInt64) {
        let turnstile = Turnstile()
        let (threads, tickets) = (8, 400)
        let next = Atomic(0)
        let passed = Mutex<[Int]>([])
        WorkerThreads.run(threads) { number in
            var random = SeededGenerator(seed: seed * 100 + UInt64(number))
            while true {
                let ticket = next.add(1, ordering: .relaxed).oldValue
                guard ticket < tickets else { return }
                if random.chance(5) { Thread.sleep(forTimeInterval: 0.0005) }
                let result = turnstile.pass(ticket) {
                    passed.withLock { $0.append(ticket) }
                    return ticket * 2
                }
                if result != ticket * 2 { passed.withLock { $0.append(-1) } }
            }
        }
        #expect(passed.withLock { $0 } == Array(0..<tickets), "seed \(seed)")
    }

    @Test("one at a time is inside")
    func alone() {
        let turnstile = Turnstile()
        let next = Atomic(0)
        let inside = Atomic(0)
        let crowds = Atomic(0)
        WorkerThreads.run(8) { _ in
            while true {
                let ticket = next.add(1, ordering: .relaxed).oldValue
                guard ticket < 200 else { return }
                turnstile.pass(ticket) {
                    if inside.add(1, ordering: .acquiringAndReleasing).newValue != 1 {
                        crowds.add(1, ordering: .relaxed)
                    }
                    if ticket % 20 == 0 { Thread.sleep(forTimeInterval: 0.001) }
                    inside.subtract(1, ordering: .acquiringAndReleasing)
                }
            }
        }
        #expect(crowds.load(ordering: .relaxed) == 0)
    }

    @Test("closing sends away those who wait and those who come")
    func closing() {
        let turnstile = Turnstile()
        let results = Mutex<[Int: Bool]>([:])
        WorkerThreads.run(6) { number in
            guard number > 0 else {
                // Ticket 0 never passes: the others wait until it gives up.
                Thread.sleep(forTimeInterval: 0.05)
                return turnstile.close()
            }
            let result: Bool? = turnstile.pass(number) { true }
            results.withLock { $0[number] = result != nil }
        }
        #expect(results.withLock { $0 } == [1: false, 2: false, 3: false, 4: false, 5: false])
        let late: Bool? = turnstile.pass(0) { true }
        #expect(late == nil)
    }

    @Test("an error inside comes out, and closing then frees the others")
    func failing() {
        struct Refusal: Error, Equatable {}
        let turnstile = Turnstile()
        let caught = Mutex<[Int]>([])
        let sentAway = Mutex<[Int]>([])
        WorkerThreads.run(4) { number in
            do throws(Refusal) {
                let result: Int? = try turnstile.pass(number) { () throws(Refusal) in
                    if number == 1 { throw Refusal() }
                    return number
                }
                if result == nil { sentAway.withLock { $0.append(number) } }
            } catch {
                caught.withLock { $0.append(number) }
                turnstile.close()
            }
        }
        #expect(caught.withLock { $0 } == [1])
        #expect(sentAway.withLock { $0.sorted() } == [2, 3])
    }
}
