// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

/// The ten requirements of `seeds/clone-vm-from-snapshot.md`, each shown by what it promises.
@Suite("Clone a VM from a snapshot: the requirements")
struct RequirementTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    @Test("1, 5: a snapshot is chosen among several, and the clone has that state")
    func chosenSnapshot() async throws {
        let disk = try workshop.addDisk("root")
        var references: [(Snapshot, String)] = []
        for number in 1...3 {
            try workshop.write(number, to: disk, "\(number * 256)k 512k")
            let snapshot = try workshop.snapshot("s\(number)")
            let volume = try workshop.volume(of: disk, at: snapshot)
            references.append((snapshot, try workshop.reference(volume)))
        }
        try workshop.write(9, to: disk, "0 8M")
        for (snapshot, reference) in references {
            let clone = try await workshop.clone(snapshot, as: "of-\(snapshot.description)")
            #expect(clone.configuration.disks.count == 1)
            try workshop.prove(clone.configuration.disks[0], equals: reference)
        }
    }

    @Test("2: the name and description are the user's, the rest is the original's")
    func newInformation() async throws {
        var details = VirtualMachine.Details()
        details.memoryBytes = 3 << 30
        details.firmware = .uefi
        details.processor.coresPerSocket = 4
        details.description = "the original"
        let vm = try workshop.run(AddVM(name: "other", details: details))
        try workshop.run(AddNIC(vmID: vm.id, name: "nic1"))
        let snapshot = try workshop.run(CreateSnapshot(vmID: vm.id, description: "s"))
        let clone = try await workshop.clone(snapshot) { $0.description = "the copy" }
        #expect(clone.vm.name == "clone")
        #expect(clone.vm.details.description == "the copy")
        details.description = "the copy"
        #expect(clone.vm.details == details)
        let original = try workshop.ask(ShowVM(id: vm.id)).configuration.networkInterfaces[0]
        let card = try #require(clone.configuration.networkInterfaces.first)
        #expect(card.name == original.name)
        #expect(card.address == original.address)
        #expect(card.macAddress != original.macAddress)
    }

    @Test("3: the configuration as it was at the snapshot is what a query of its own tells")
    func configurationQuery() throws {
        let disk = try workshop.addDisk("root")
        let before = try workshop.ask(ShowVM(id: workshop.vm.id)).configuration
        let snapshot = try workshop.snapshot("s")
        _ = try workshop.addDisk("later")
        try workshop.run(PlugDisk(diskID: disk.id, vmID: workshop.vm.id, isPlugged: false))
        let told = try workshop.ask(GetVmConfigurationBySnapshot(snapshotID: snapshot.id))
        #expect(told.disks.map(\.disk.alias) == ["root"])
        #expect(told.disks.map(\.attachment) == before.disks.map(\.attachment))
        #expect(told.disks.map(\.disk.activeVolumeID) == before.disks.map(\.disk.activeVolumeID))
        #expect(told.disks.map(\.volume) == before.disks.map(\.volume))
        #expect(told.details == before.details)
        #expect(told.disks[0].attachment.isPlugged)
    }

    @Test("4: each disk goes to the domain, format, allocation and drive that the user chooses")
    func choices() async throws {
        let (deep, paths) = try workshop.adoptChain("deep")
        let files = try paths.map(FileState.init)
        let raw = try workshop.addDisk("plain", VolumeShape(.raw, .sparse))
        try workshop.write(7, to: raw)
        let snapshot = try workshop.snapshot("s")
        let clone = try await workshop.clone(snapshot) { wish in
            wish.disks[deep.id, default: .init()].domainID = workshop.second.id
            wish.disks[deep.id]?.format = .raw
            wish.disks[deep.id]?.allocation = .preallocated
            wish.disks[deep.id]?.interface = .sata
            wish.disks[raw.id, default: .init()].domainID = workshop.first.id
            wish.disks[raw.id]?.format = .cow
            wish.disks[raw.id]?.alias = "renamed"
            wish.disks[raw.id]?.bootOrder = 1
        }
        let disks = clone.configuration.disks
        #expect(disks.map(\.disk.alias) == ["deep_clone", "renamed"])
        #expect(disks.map(\.volume) == [.init(.raw, .preallocated), .init(.cow, .sparse)])
        #expect(disks[0].attachment.interface == .sata)
        #expect(disks[0].attachment.address == .drive(bus: 0, unit: 0))
        #expect(disks[1].attachment.bootOrder == 1)
        let volumes = try disks.map { try workshop.activeVolume(of: $0.disk) }
        #expect(volumes.map(\.domainID) == [workshop.second.id, workshop.first.id])
        let attributes = try FileManager.default.attributesOfItem(atPath: volumes[0].path)
        #expect(attributes[.size] as? Int == 8 << 20)
        try QemuImg.compare(volumes[0].path, format: "raw", paths[2], format: "qcow2")
        try workshop.prove(
            disks[1],
            equals: workshop.reference(workshop.volume(of: raw, at: snapshot))
        )
        #expect(try paths.map(FileState.init) == files)
    }

    @Test("6: the clone works while the VM is up, and a real machine holds the active volume")
    func sourceIsUp() async throws {
        let disk = try workshop.addDisk("root")
        try workshop.write(5, to: disk)
        let snapshot = try workshop.snapshot("s")
        let reference = try workshop.reference(workshop.volume(of: disk, at: snapshot))
        let active = try workshop.activeVolume(of: disk)
        let machine = try StorageDaemon()
        try machine.open(active.path, as: "guest")
        try workshop.run(SetVMStatus(id: workshop.vm.id, isUp: true))
        let clone = try await workshop.clone(snapshot)
        try workshop.prove(clone.configuration.disks[0], equals: reference)
        #expect(clone.vm.status == .down)
        withExtendedLifetime(machine) {}
    }

    @Test("7: while the clone runs nobody can change what it reads")
    func locks() async throws {
        let disk = try workshop.addDisk("root")
        try workshop.write(5, to: disk, "0 4M")
        let snapshot = try workshop.snapshot("s")
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "slow")
        wish.bytesPerSecond = 1 << 19
        let job = try workshop.engine.start(wish, as: workshop.session)
        let keys = [
            workshop.keys { try workshop.run(DeleteSnapshot(id: snapshot.id)) },
            workshop.keys { try workshop.run(RemoveDisk(id: disk.id)) },
            workshop.keys { try workshop.run(RemoveVM(id: workshop.vm.id)) },
        ]
        #expect(keys == Array(repeating: ["OBJECT_LOCKED"], count: 3))
        // What does not change the chain goes on: another snapshot, another clone, a start.
        _ = try workshop.snapshot("meanwhile")
        let second = try await workshop.clone(snapshot, as: "quick")
        try workshop.run(SetVMStatus(id: workshop.vm.id, isUp: true))
        #expect(second.vm.status == .down)
        try await job.finish()
        try workshop.run(SetVMStatus(id: workshop.vm.id, isUp: false))
        let removal = try workshop.engine.start(
            DeleteSnapshot(id: snapshot.id),
            as: workshop.session
        )
        try await removal.finish()
        #expect(try workshop.engine.check() == [])
    }

    @Test("8: a disk that was deleted since is not in the clone, and an event says so")
    func deletedDisk() async throws {
        let kept = try workshop.addDisk("kept")
        let gone = try workshop.addDisk("gone")
        try workshop.write(5, to: kept)
        let snapshot = try workshop.snapshot("s")
        try workshop.run(RemoveDisk(id: gone.id))
        let clone = try await workshop.clone(snapshot)
        #expect(clone.configuration.disks.map(\.disk.alias) == ["kept_clone"])
        let event = try workshop.events.first { $0.code == 20001 }
        #expect(
            event?.message
                == "Disk gone of snapshot 's' is not part of VM clone: it has been deleted since."
        )
        #expect(event?.severity == .warning)
    }

    @Test("9, 10: shared disks and direct LUNs follow the policy", arguments: [true, false])
    func sharedDisks(isLUN: Bool) async throws {
        let device = isLUN ? try LoopDevice(byteCount: 1 << 20) : nil
        let shared =
            try device.map {
                try workshop.run(
                    AddLUNDisk(vmID: workshop.vm.id, path: $0.path, alias: "shared")
                )
            } ?? workshop.addDisk("shared", VolumeShape(.raw, .sparse), isShareable: true)
        let snapshot = try workshop.snapshot("s")
        for policy in CloneVMFromSnapshot.SharedDisks.allCases where policy != .refuse {
            let name = policy.rawValue
            let clone = try await workshop.clone(snapshot, as: name) { $0.sharedDisks = policy }
            let disks = clone.configuration.disks
            #expect(disks.map(\.disk.id) == (policy == .omit ? [] : [shared.id]))
            #expect(
                disks.map(\.attachment.isPlugged)
                    == (policy == .omit ? [] : [policy == .attachPlugged])
            )
            let event = try workshop.events.last {
                $0.message.contains("VM \(name)") && $0.code > 20000
            }
            #expect(event?.code == (policy == .omit ? 20003 : 20002))
        }
        let keys = workshop.keys {
            var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "never")
            wish.sharedDisks = .refuse
            _ = try workshop.engine.plan(wish, as: workshop.session)
        }
        #expect(keys == ["SHAREABLE_DISK_NOT_SUPPORTED"])
    }
}

/// What changes when a file is written to.
private struct FileState: Equatable {
    let content: Data
    let modified: Date?

    init(_ path: String) throws {
        content = try Data(contentsOf: URL(filePath: path))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        modified = attributes[.modificationDate] as? Date
    }
}
