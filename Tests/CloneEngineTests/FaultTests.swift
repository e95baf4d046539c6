// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport
import Testing

@testable import CloneEngine

/// What goes wrong with a clone leaves nothing behind: no VM, no volume, no lock.
@Suite("Clones that fail")
struct FaultTests {
    let workshop: Workshop
    let disk: Disk

    init() throws {
        workshop = try Workshop()
        disk = try workshop.addDisk("root")
        try workshop.write(5, to: disk, "0 4M")
    }

    /// Nothing of a clone is left, and the source can be cloned again.
    private func expectNothingIsLeft(_ name: String = "clone") async throws {
        #expect(try workshop.ask(ListVMs()).map(\.name) == ["source"])
        #expect(try workshop.engine.check() == [])
        let names = try FileManager.default.subpathsOfDirectory(atPath: workshop.second.path)
        #expect(names.filter { $0.hasPrefix("images/") } == [])
        let snapshot = try workshop.snapshot("afterwards")
        #expect(try await workshop.clone(snapshot, as: name).configuration.disks.count >= 1)
    }

    private func start(
        _ snapshot: Snapshot,
        _ change: (inout CloneVMFromSnapshot) -> Void = { _ in }
    ) throws -> RunningJob {
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
        wish.disks[disk.id, default: .init()].domainID = workshop.second.id
        change(&wish)
        return try workshop.engine.start(wish, as: workshop.session)
    }

    /// Three snapshots with changes between them and after them, and what the disk reads as at each.
    private func snapshots() throws -> [(Snapshot, String)] {
        try (1...3).map { number in
            let snapshot = try workshop.snapshot("s\(number)")
            let reference = try workshop.reference(workshop.volume(of: disk, at: snapshot))
            try workshop.write(number * 16, to: disk, "\(number * 700)k 1M")
            return (snapshot, reference)
        }
    }

    @Test("a failing copy of one disk takes the others and the VM with it")
    func failingStep() async throws {
        let other = try workshop.addDisk("other")
        try workshop.write(6, to: other)
        let snapshot = try workshop.snapshot("s")
        let job = try start(snapshot) { wish in
            wish.disks[other.id, default: .init()].domainID = workshop.second.id
        }
        // The directories of new disks cannot be made any more.
        try FileManager.default.removeItem(atPath: workshop.second.path + "/images")
        try Data().write(to: URL(filePath: workshop.second.path + "/images"))
        let error = await #expect(throws: EngineError.self) { try await job.finish() }
        try FileManager.default.removeItem(atPath: workshop.second.path + "/images")
        #expect(error?.refusals.map(\.key) == ["COPY_FAILED"])
        #expect(error?.description.contains("could not be copied") == true)
        #expect(try workshop.events.last?.message == "Failed to complete VM clone creation.")
        try await expectNothingIsLeft()
    }

    @Test("a cancelled clone is undone, whoever cancels it", arguments: [true, false])
    func cancelled(inStore: Bool) async throws {
        let snapshot = try workshop.snapshot("s")
        let job = try start(snapshot) { $0.bytesPerSecond = 1 << 16 }
        try await Task.sleep(for: .milliseconds(300))
        if inStore { try workshop.run(CancelJob(id: job.job.id)) } else { job.cancel() }
        let error = await #expect(throws: EngineError.self) { try await job.finish() }
        #expect(error?.refusals.map(\.key) == ["JOB_CANCELLED"])
        let entry = try workshop.ask(ListJobs()).first { $0.job.id == job.job.id }
        #expect(entry?.job.status == .aborted)
        #expect(Set(entry?.steps.map(\.status) ?? []) == [.aborted])
        #expect(try workshop.events.last?.code == 20005)
        try await expectNothingIsLeft()
    }

    @Test("a domain without the space for all disks together refuses the clone")
    func lowSpace() async throws {
        let small = try LoopFileSystem(ext4Megabytes: 16)
        let domain = try workshop.run(AddStorageDomain(name: "small", path: small.path("")))
        let other = try workshop.addDisk("other")
        for disk in [disk, other] { try workshop.write(7, to: disk, "0 8M") }
        let snapshot = try workshop.snapshot("s")
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
        // One of them would fit.
        for disk in [disk, other] { wish.disks[disk.id, default: .init()].domainID = domain.id }
        let keys = workshop.keys { _ = try workshop.engine.start(wish, as: workshop.session) }
        #expect(keys == ["DISK_SPACE_LOW_ON_STORAGE_DOMAIN"])
        // Without the check that disk fills up, and the other, which has got room, goes with it.
        wish.checksSpace = false
        wish.disks[disk.id]?.domainID = workshop.second.id
        try Data(count: 8 << 20).write(to: URL(filePath: small.path("filler")))
        let job = try workshop.engine.start(wish, as: workshop.session)
        let error = await #expect(throws: EngineError.self) { try await job.finish() }
        #expect(error?.refusals.map(\.key) == ["COPY_FAILED"])
        try await expectNothingIsLeft()
    }

    @Test("a file that is missing makes the clone lack the disk; a damaged one refuses it")
    func missingAndDamaged() async throws {
        let other = try workshop.addDisk("other")
        let snapshot = try workshop.snapshot("s")
        let volume = try workshop.volume(of: other, at: snapshot)
        let kept = workshop.directory.path("kept")
        try FileManager.default.moveItem(atPath: volume.path, toPath: kept)
        let clone = try await workshop.clone(snapshot)
        #expect(clone.configuration.disks.map(\.disk.alias) == ["root_clone"])
        let event = try workshop.events.first { $0.code == 20001 }
        #expect(event?.message.contains("its file \(volume.path) is missing") == true)
        try Data("QFI\u{fb}".utf8).write(to: URL(filePath: volume.path))
        let keys = workshop.keys {
            _ = try start(snapshot) { $0 = .init(snapshotID: $0.snapshotID, name: "b") }
        }
        #expect(keys == ["IMAGE_UNUSABLE"])
        try FileManager.default.removeItem(atPath: volume.path)
        try FileManager.default.moveItem(atPath: kept, toPath: volume.path)
        #expect(try await workshop.clone(snapshot, as: "b").configuration.disks.count == 2)
    }

    @Test("all that speaks against a clone is told at once, in oVirt's words")
    func validation() throws {
        let snapshot = try workshop.snapshot("s")
        try workshop.run(SetStorageDomainStatus(id: workshop.second.id, status: .maintenance))
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "source")
        wish.disks[disk.id, default: .init()].domainID = workshop.second.id
        wish.disks[disk.id]?.format = .cow
        wish.disks[disk.id]?.allocation = .preallocated
        wish.disks[Disk.ID(rawValue: "nothing")] = .init()
        var texts: [String] = []
        do { _ = try workshop.engine.plan(wish, as: workshop.session) } catch {
            texts = error.refusals.map(\.text)
        }
        #expect(
            texts == [
                "Cannot add VM. The VM name is already in use, please choose a unique name and try "
                    + "again.",
                "Cannot add VM. The snapshot has no disk nothing.",
                "Cannot add VM. Disk configuration (COW Preallocated backup-None) is incompatible "
                    + "with the storage domain type.",
                "Cannot add VM. The relevant Storage Domain's status is maintenance.",
            ]
        )
        let active = try workshop.ask(ListSnapshots(vmID: workshop.vm.id)).last
        let present = CloneVMFromSnapshot(snapshotID: try #require(active?.id), name: "x")
        #expect(
            workshop.keys { _ = try workshop.engine.plan(present, as: workshop.session) }
                == ["VM_SNAPSHOT_TYPE_NOT_REGULAR"]
        )
        let none = CloneVMFromSnapshot(snapshotID: Snapshot.ID(rawValue: "none"), name: "x")
        #expect(
            workshop.keys { _ = try workshop.engine.plan(none, as: workshop.session) }
                == ["VM_SNAPSHOT_DOES_NOT_EXIST"]
        )
    }

    @Test("two clones cannot get one name, and many of one snapshot run at once")
    func concurrency() async throws {
        let snapshot = try workshop.snapshot("s")
        let reference = try workshop.reference(workshop.volume(of: disk, at: snapshot))
        let first = try start(snapshot) { $0.bytesPerSecond = 4 << 20 }
        #expect(workshop.keys { _ = try start(snapshot) } == ["NAME_ALREADY_USED"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    let clone = try await workshop.clone(snapshot, as: "n\(number)")
                    try workshop.prove(clone.configuration.disks[0], equals: reference)
                }
            }
            try await group.waitForAll()
        }
        try await first.finish()
        #expect(try workshop.ask(ListVMs()).count == 7)
        let macs = try workshop.ask(ListVMs()).flatMap {
            try workshop.ask(ShowVM(id: $0.id)).configuration.networkInterfaces.map(\.macAddress)
        }
        #expect(Set(macs).count == macs.count)
        #expect(try workshop.engine.check() == [])
    }

    @Test("clones and deletions of snapshots at the same time exclude each other or are done")
    func clonesAndDeletions() async throws {
        let references = try snapshots()
        let present = try workshop.reference(workshop.activeVolume(of: disk))
        let allowed = [
            "OBJECT_LOCKED", "VM_IS_DURING_SNAPSHOT", "DISKS_LOCKED", "VM_SNAPSHOT_DOES_NOT_EXIST",
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, (snapshot, reference)) in references.enumerated() {
                group.addTask {
                    do throws(EngineError) {
                        let deletion = DeleteSnapshot(id: snapshot.id)
                        try await workshop.engine.start(deletion, as: workshop.session).finish()
                    } catch { #expect(Set(error.refusals.map(\.key)).isSubset(of: allowed)) }
                }
                group.addTask {
                    do {
                        let clone = try await workshop.clone(snapshot, as: "clone\(number)")
                        try workshop.prove(clone.configuration.disks[0], equals: reference)
                    } catch let error as EngineError {
                        #expect(Set(error.refusals.map(\.key)).isSubset(of: allowed))
                    }
                }
            }
            try await group.waitForAll()
        }
        let active = try workshop.activeVolume(of: disk)
        try QemuImg.compare(active.path, format: "qcow2", present, format: "raw")
        #expect(try workshop.engine.check() == [])
    }

    @Test("a clone of a snapshot that is being deleted is refused, and so is a second deletion")
    func deletionHolds() async throws {
        let snapshot = try workshop.snapshot("s")
        let deletion = DeleteSnapshot(id: snapshot.id)
        var job: RunningJob?
        try await workshop.holdingTurns {
            job = try workshop.engine.start(deletion, as: workshop.session)
            let keys = workshop.keys { _ = try start(snapshot) }
            #expect(keys == ["VM_IS_DURING_SNAPSHOT", "DISKS_LOCKED"])
            let again = workshop.keys {
                _ = try workshop.engine.start(
                    DeleteSnapshot(id: snapshot.id),
                    as: workshop.session
                )
            }
            #expect(again == ["OBJECT_LOCKED"])
        }
        try await job?.finish()
        #expect(try workshop.engine.check() == [])
    }

    @Test("deleting a snapshot keeps what the others and the present state read as")
    func deleteSnapshot() async throws {
        var references = try snapshots()
        let present = try workshop.reference(workshop.activeVolume(of: disk))
        for index in [1, 0] {
            let removed = references.remove(at: index)
            let deletion = DeleteSnapshot(id: removed.0.id)
            try await workshop.engine.start(deletion, as: workshop.session).finish()
            let active = try workshop.activeVolume(of: disk)
            try QemuImg.compare(active.path, format: "qcow2", present, format: "raw")
            for (snapshot, reference) in references {
                let volume = try workshop.volume(of: disk, at: snapshot)
                try QemuImg.compare(volume.path, format: "qcow2", reference, format: "raw")
            }
            #expect(try workshop.engine.check() == [])
        }
        let chain = try workshop.ask(ListDisks())[0].volumes
        #expect(chain.count == 2)
    }
}
