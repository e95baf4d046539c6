// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport
import Testing

@testable import CloneEngine

/// What another process finds after one that did not come to its end.
@Suite("Recovery")
struct RecoveryTests {
    let workshop: Workshop
    let disk: Disk
    let snapshot: Snapshot

    init() throws { (workshop, disk, snapshot) = try Workshop.withSnapshot() }

    /// Stores a clone's job as a process does that dies right after.
    private func leaveJob() throws -> Job {
        let wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
        return try workshop.run(
            CloneStart(wish: wish, findings: [disk.id: .requires(1 << 22)], jobID: Job.ID())
        )
    }

    private func target(_ job: Job) throws -> String {
        let path = try #require(job.work.copies.first?.target.path)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        return path
    }

    private func reopened() throws -> Engine { try Engine(state: workshop.directory.path("state")) }

    @Test("a clone whose process died is undone by whoever comes next")
    func undone() async throws {
        let job = try leaveJob()
        let path = try target(job)
        try Data(count: 4096).write(to: URL(filePath: path))
        for name in [".meta", ".meta.new"] {
            try Data(count: 4096).write(to: URL(filePath: path + name))
        }
        let keys = workshop.keys { try workshop.run(RemoveVM(id: workshop.vm.id)) }
        #expect(keys == ["OBJECT_LOCKED"])
        let engine = try reopened()
        #expect(try engine.check() == [])
        #expect(try engine.answer(ListVMs(), as: Session()).map(\.name) == ["source"])
        #expect(!FileManager.default.fileExists(atPath: path))
        let directory = (path as NSString).deletingLastPathComponent
        #expect(!FileManager.default.fileExists(atPath: directory))
        #expect(try engine.answer(ListEvents(), as: Session()).last?.code == 20006)
        let entry = try engine.answer(ListJobs(), as: Session())[0]
        #expect(entry.job.status == .failed)
        #expect(entry.steps.map(\.status) == [.aborted])
        #expect(try await workshop.clone(snapshot).configuration.disks.count == 1)
    }

    @Test("a clone whose copies were all done is finished")
    func finished() throws {
        let job = try leaveJob()
        let path = try target(job)
        let source = try workshop.volume(of: disk, at: snapshot)
        try QemuImg.convert(source.path, to: path, format: "qcow2")
        try workshop.engine.store.write { database in
            try database.execute(sql: "UPDATE jobStep SET status = 'finished'")
        }
        let engine = try reopened()
        #expect(try engine.check() == [])
        let vm = try engine.answer(ListVMs(), as: Session())[0]
        #expect(vm.name == "clone")
        #expect(vm.status == .down)
        let text = try String(contentsOfFile: path + ".meta", encoding: .utf8)
        #expect(text.contains("LEGALITY=LEGAL\n"))
    }

    @Test("a clone that is to be gone on with waits for that, and is undone when nobody wants it")
    func waiting() async throws {
        let patient = try Engine(state: workshop.directory.path("state"), resumesJobs: true)
        func leaveJob(_ name: String) throws -> Job {
            let wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: name)
            let start = CloneStart(
                wish: wish,
                findings: [disk.id: .requires(1 << 22)],
                jobID: Job.ID()
            )
            return try patient.run(start, as: workshop.session)
        }
        let (wanted, unwanted, complete) =
            try (leaveJob("wanted"), leaveJob("unwanted"), leaveJob("complete"))
        // It has its name, and only the store does not know yet: it is not made again.
        let path = try target(complete)
        try QemuImg.create(path, format: "qcow2", size: 1 << 20)
        let made = FileManager.default.contents(atPath: path)
        let engine = try reopened()
        #expect(try engine.check() == [])
        #expect(try engine.answer(ListVMs(), as: Session()).count == 4)
        try engine.cancel(unwanted.id, as: Session())
        #expect(try engine.answer(ListVMs(), as: Session()).count == 3)
        let jobs = try engine.resumeJobs()
        #expect(Set(jobs.map(\.job.id)) == [wanted.id, complete.id])
        for job in jobs { try await job.finish() }
        #expect(FileManager.default.contents(atPath: path) == made)
        let next = try reopened()
        #expect(try next.resumeJobs().isEmpty && next.check() == [])
        let names = try next.answer(ListVMs(), as: Session()).map(\.name)
        #expect(names == ["complete", "source", "wanted"])
    }

    @Test("a job that a living process is at work on is left alone")
    func alive() async throws {
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
        wish.bytesPerSecond = 1 << 20
        let job = try workshop.engine.start(wish, as: workshop.session)
        let other = try reopened()
        #expect(try other.check() == [])
        #expect(try other.answer(ListJobs(), as: Session())[0].job.status == .started)
        try await job.finish()
        #expect(try other.answer(ListVMs(), as: Session()).map(\.status) == [.down, .down])
    }

    @Test("files of a transaction that did not come to its end go; others never do")
    func notes() throws {
        let state = workshop.directory.path("state")
        let images = workshop.first.path + "/images/" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(
            atPath: images,
            withIntermediateDirectories: true
        )
        let (made, foreign) = (images + "/made", images + "/" + UUID().uuidString.lowercased())
        for path in [made, foreign] { try Data("x".utf8).write(to: URL(filePath: path)) }
        let known = try workshop.activeVolume(of: disk).path
        do {
            let notes = FileNotes(in: state)
            try notes.add(made)
            try notes.add(known)
        }
        let engine = try reopened()
        #expect(!FileManager.default.fileExists(atPath: made))
        #expect(FileManager.default.fileExists(atPath: known))
        #expect(FileManager.default.fileExists(atPath: foreign))
        #expect(
            try engine.check().map(\.description) == ["The file \(foreign) belongs to no volume."]
        )
        #expect(try FileManager.default.contentsOfDirectory(atPath: state + "/files") == [])
    }

    @Test("what does not agree is told", arguments: ["lock", "vm", "volume", "file", "domain"])
    func inconsistent(kind: String) throws {
        let volume = try workshop.activeVolume(of: disk)
        let engine = workshop.engine
        func change(_ sql: String) throws {
            try engine.store.write { try $0.execute(sql: sql) }
        }
        switch kind {
        case "lock":
            let job = try leaveJob()
            _ = try reopened()
            try change("INSERT INTO lock VALUES ('vm', 'x', '\(job.id)', 'shared')")
        case "vm": try change("UPDATE virtualMachine SET status = 'image_locked'")
        case "volume": try change("UPDATE volume SET status = 'locked' WHERE id = '\(volume.id)'")
        case "file": try FileManager.default.removeItem(atPath: volume.path)
        default: try FileManager.default.removeItem(atPath: workshop.second.path)
        }
        let found = try engine.check().map(\.description)
        #expect(found.count == (kind == "domain" ? 0 : 1), "\(found)")
    }

    @Test("a store that is busy or cannot be written is one sentence, and nothing changes")
    func unusableStore() throws {
        let state = workshop.directory.path("state")
        let hasty = try Engine(state: state, patienceSeconds: 0.1)
        let other = try DatabaseQueue(path: state + "/engine.sqlite")
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            let keys = workshop.keys { _ = try hasty.run(AddVM(name: "x"), as: Session()) }
            #expect(keys == ["STORE_BUSY"])
            try database.execute(sql: "ROLLBACK")
        }
        try other.close()
        let system = try LoopFileSystem(ext4Megabytes: 16)
        _ = try Engine(state: system.path("state"))
        try system.makeReadOnly()
        let keys = workshop.keys { _ = try Engine(state: system.path("state")) }
        #expect(keys == ["STORE_UNUSABLE"])
    }

    @Test("an older store is brought up to date once, however many open it")
    func olderStore() async throws {
        let state = workshop.directory.path("older")
        try FileManager.default.createDirectory(
            atPath: state,
            withIntermediateDirectories: false
        )
        let store = try DatabaseQueue(path: state + "/engine.sqlite")
        try DatabaseMigrator.store.migrate(store, upTo: "accounts")
        try store.close()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let engine = try Engine(state: state, answersSideBySide: number % 2 == 0)
                    _ = try engine.run(AddVM(name: "v\(number)"), as: Session())
                }
            }
            try await group.waitForAll()
        }
        #expect(try Engine(state: state).answer(ListVMs(), as: Session()).count == 6)
    }

    @Test("a change is on stable storage before it is reported", arguments: [true, false])
    func durable(sideBySide: Bool) throws {
        let state = workshop.directory.path("state")
        let engine = try Engine(state: state, answersSideBySide: sideBySide)
        let level = try engine.store.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        // Two is FULL: each transaction is flushed at its end.
        #expect(level == 2)
    }

    @Test("the store and its directory are for nobody else")
    func permissions() throws {
        let state = workshop.directory.path("state")
        func mode(_ path: String) throws -> Int? {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return attributes[.posixPermissions] as? Int
        }
        #expect(try mode(state) == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: state)
        where name.hasPrefix("engine.sqlite") {
            #expect(try mode("\(state)/\(name)") == 0o600, "\(name)")
        }
    }
}
