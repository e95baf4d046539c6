// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import CloneEngine

@Suite("Turns in a storage domain")
struct TurnTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    @Test("a copy waits until a copy of another process has ended")
    func otherProcess() async throws {
        _ = try workshop.addDisk("data")
        let snapshot = try workshop.snapshot("s")
        var job: RunningJob?
        try await workshop.holdingTurns() {
            let wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
            job = try workshop.engine.start(wish, as: workshop.session)
            try await Task.sleep(for: .milliseconds(500))
            let entry = try workshop.ask(ListJobs())[0]
            #expect(entry.job.status == .started)
            #expect(entry.steps.map(\.status) == [.started])
        }
        try await job?.finish()
        #expect(try workshop.ask(ListJobs())[0].job.status == .finished)
    }

    @Test("a copy that waits for another process can be cancelled")
    func cancelled() async throws {
        _ = try workshop.addDisk("data")
        let snapshot = try workshop.snapshot("s")
        try await workshop.holdingTurns() {
            let wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
            let job = try workshop.engine.start(wish, as: workshop.session)
            try await Task.sleep(for: .milliseconds(200))
            job.cancel()
            let error = await #expect(throws: EngineError.self) { try await job.finish() }
            #expect(error?.refusals.map(\.key) == ["JOB_CANCELLED"])
        }
        #expect(try workshop.ask(ListJobs())[0].steps.map(\.status) == [.aborted])
    }

    @Test("where one turn is left, it is taken")
    func oneLeft() async throws {
        _ = try workshop.addDisk("data")
        let snapshot = try workshop.snapshot("s")
        try await workshop.holdingTurns([0]) { _ = try await workshop.clone(snapshot) }
    }

    @Test("engines of one state never copy more at the same time than a domain may have")
    func limit() async throws {
        let engines = try (0..<3).map { _ in try Engine(state: workshop.engine.stateDirectory) }
        let (counter, domain) = (Counter(), workshop.first.id)
        await withTaskGroup { group in
            for number in 0..<12 {
                let turns = engines[number % 3].copiers
                group.addTask { await turns.take(in: domain) { await counter.stay() } }
            }
        }
        #expect(counter.most == DomainTurns.copiesPerDomain)
    }
}

/// Counts who is there at the same time.
private final class Counter: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock { $0.most } }

    func stay() async {
        counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        try? await Task.sleep(for: .milliseconds(20))
        counts.withLock { $0.now -= 1 }
    }
}
