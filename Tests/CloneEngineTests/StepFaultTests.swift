// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport
import Testing

@testable import CloneEngine

/// Every step of a clone fails once: nothing of the clone is left, and the next one is complete.
@Suite("Each step of a clone fails")
struct StepFaultTests {
    let workshop: Workshop
    let disk: Disk
    let snapshot: Snapshot

    init() throws { (workshop, disk, snapshot) = try Workshop.withSnapshot() }

    private func start(_ engine: Engine? = nil) throws -> RunningJob {
        let wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
        return try (engine ?? workshop.engine).start(wish, as: workshop.session)
    }

    /// Does something while the store fails at a change.
    private func failing(at change: String, _ body: () async throws -> Void) async throws {
        func execute(_ sql: String) throws {
            try workshop.engine.store.write { try $0.execute(sql: sql) }
        }
        try execute(
            "CREATE TRIGGER fault BEFORE \(change) BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
        try await body()
        try execute("DROP TRIGGER fault")
    }

    private func expectNothingIsLeft() async throws {
        #expect(try workshop.engine.check() == [])
        #expect(try workshop.ask(ListVMs()).map(\.name) == ["source"])
        let volumes = Set(try workshop.ask(ListDisks()).flatMap(\.volumes).map(\.path))
        #expect(Set(try DomainLayout(workshop.first.path).volumes().map(\.path)) == volumes)
        let reference = try workshop.reference(workshop.volume(of: disk, at: snapshot))
        let clone = try await workshop.clone(snapshot)
        try workshop.prove(clone.configuration.disks[0], equals: reference)
    }

    @Test(
        "before anything is copied: nothing has begun",
        arguments: [
            "virtualMachine", "networkInterface", "disk", "volume", "diskAttachment", "snapshot",
            "job", "jobStep", "lock", "event",
        ]
    )
    func atStart(table: String) async throws {
        try await failing(at: "INSERT ON \(table)") {
            #expect(workshop.keys { _ = try start() } == ["INTERNAL_ERROR"])
            let jobs = try workshop.ask(ListJobs())
            #expect(jobs.isEmpty)
        }
        try await expectNothingIsLeft()
    }

    @Test(
        "when all is copied: the clone is undone",
        arguments: [
            "UPDATE ON volume", "UPDATE ON virtualMachine",
            "UPDATE ON job WHEN NEW.status = 'finished'", "INSERT ON event WHEN NEW.code = 53",
        ]
    )
    func atEnd(change: String) async throws {
        try await failing(at: change) {
            let job = try start()
            let error = await #expect(throws: EngineError.self) { try await job.finish() }
            #expect(error?.refusals.map(\.key) == ["INTERNAL_ERROR"])
            #expect(try workshop.ask(ListJobs())[0].job.status == .failed)
        }
        try await expectNothingIsLeft()
    }

    @Test("when a source has gone since it was looked at: the clone is undone")
    func atCopy() async throws {
        let volume = try workshop.volume(of: disk, at: snapshot)
        let kept = workshop.directory.path("kept")
        var job: RunningJob?
        try await workshop.holdingTurns {
            job = try start()
            try FileManager.default.moveItem(atPath: volume.path, toPath: kept)
        }
        let error = await #expect(throws: EngineError.self) { try await job?.finish() }
        #expect(error?.refusals.map(\.key) == ["COPY_FAILED"])
        try FileManager.default.moveItem(atPath: kept, toPath: volume.path)
        try await expectNothingIsLeft()
    }

    @Test("when it is undone: whoever comes next undoes it", arguments: ["virtualMachine", "lock"])
    func atUndo(table: String) async throws {
        try await failing(at: "DELETE ON \(table)") {
            try await workshop.holdingTurns {
                let job = try start()
                job.cancel()
                await #expect(throws: EngineError.self) { try await job.finish() }
            }
            #expect(try workshop.ask(ListJobs())[0].job.status == .started)
            #expect(workshop.keys { try workshop.run(RemoveVM(id: workshop.vm.id)) } != [])
        }
        try await expectNothingIsLeft()
    }

    @Test("when the store is busy for longer than is waited: whoever comes next ends the clone")
    func busyStore() async throws {
        let state = workshop.engine.stateDirectory
        let hasty = try Engine(state: state, patienceSeconds: 0.1)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(
            path: state + "/engine.sqlite",
            configuration: configuration
        )
        func say(_ sql: String) throws {
            try other.inDatabase { try $0.execute(sql: sql) }
        }
        try say("BEGIN IMMEDIATE")
        #expect(workshop.keys { _ = try start(hasty) } == ["STORE_BUSY"])
        try say("ROLLBACK")
        var job: RunningJob?
        try await workshop.holdingTurns {
            job = try start(hasty)
            try say("BEGIN IMMEDIATE")
        }
        let error = await #expect(throws: EngineError.self) { try await job?.finish() }
        #expect(error?.refusals.map(\.key) == ["STORE_BUSY"])
        try say("ROLLBACK")
        try await expectNothingIsLeft()
    }

    @Test("a deletion whose end fails has changed nothing that is read, and is done again")
    func deletion() async throws {
        try workshop.write(7, to: disk, "1M 1M")
        let present = try workshop.reference(workshop.activeVolume(of: disk))
        let session = workshop.session
        try await failing(at: "DELETE ON volume") {
            let job = try workshop.engine.start(DeleteSnapshot(id: snapshot.id), as: session)
            let error = await #expect(throws: EngineError.self) { try await job.finish() }
            #expect(error?.refusals.map(\.key) == ["INTERNAL_ERROR"])
        }
        #expect(try workshop.engine.check() == [])
        for isDeleted in [false, true] {
            let active = try workshop.activeVolume(of: disk)
            try QemuImg.compare(active.path, format: "qcow2", present, format: "raw")
            if isDeleted { break }
            let again = try workshop.engine.start(DeleteSnapshot(id: snapshot.id), as: session)
            try await again.finish()
        }
        #expect(try workshop.engine.check() == [])
    }
}
