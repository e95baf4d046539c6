// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneLibvirt
import Foundation
import TestSupport
import Testing

@testable import CloneEngine

@Suite("VMs that libvirt runs", .serialized)
struct LibvirtLiveMachineTests {
    private let room: MachineRoom

    init() throws { room = try MachineRoom() }

    @Test("clones of three live snapshots of two disks are moments, and run beside their source")
    func momentsInTime() async throws {
        try room.startRecording("web")
        var taken: [ClosedRange<Int>] = []
        for number in 1...3 {
            try room.awaitRecords("web", 10)
            let before = try room.records("web")
            try room.takeSnapshot("s\(number)", of: "web")
            // The byte that tells of a record comes after the record.
            taken.append(before...(try room.records("web") + 1))
        }
        for number in 1...3 {
            let name = "clone\(number)"
            try await room.clone("web", "s\(number)", as: name) { wish in
                let disks = try room.vm("web").configuration.disks
                for disk in disks { wish.disks[disk.disk.id, default: .init()].format = .raw }
            }
            let last = try room.lastRecords(in: name)
            #expect(taken[number - 1].contains(last[0]), "snapshot \(number)")
            #expect(last[0] == last[1] || last[0] == last[1] + 1, "both disks at one moment")
            #expect(try room.vm(name).vm.status == .down)
        }
        try await provesToRun("clone3")
        try room.awaitRecords("web", 5)
    }

    /// A clone starts, its guest writes, and it has nothing of its source's.
    private func provesToRun(_ name: String) async throws {
        let disk = try room.file("hdb", of: name)
        let old = try RecordingGuest.summary(of: disk)
        try await room.engine.start(vm: room.vm(name).vm.id, as: room.session)
        #expect(try room.vm(name).vm.status == .up)
        let deadline = ContinuousClock.now + .seconds(60)
        // It begins anew, with record 1.
        while try RecordingGuest.summary(of: disk) == old {
            try #require(ContinuousClock.now < deadline, "the clone's guest does not write")
            usleep(20_000)
        }
        let (clone, source) = (try room.daemon.virsh("dumpxml", name), try room.vm("web"))
        #expect(!clone.contains("52:54:00:00:00:01"))
        #expect(!clone.contains(source.vm.id.rawValue))
        #expect(!clone.contains(room.directory.path("web-")))
        try await room.engine.stop(vm: room.vm(name).vm.id, isForced: true, as: room.session)
        #expect(try room.vm(name).vm.status == .down)
    }

    @Test(
        "data that the guest has erased stays erased, and the clone touches nothing of its source"
    )
    func erased() async throws {
        let base = room.directory.path("base.qcow2")
        try QemuImg.create(base, size: 16 << 20)
        try QemuImg.io(base, ["write -P 0xaa 1M 64k"])
        try room.define("web", MachineRoom.disk(base, "vda"))
        try room.takeSnapshot("s1", of: "web")
        try QemuImg.io(room.file("vda", of: "web"), ["write -z 1M 64k"])
        try room.takeSnapshot("s2", of: "web")
        try await room.clone("web", "s2", as: "copy")
        let file = try room.file("vda", of: "copy")
        try QemuImg.io(file, ["read -P 0 1M 64k"])
        try await room.engine.start(vm: room.vm("copy").vm.id, as: room.session)
        #expect(try isInUse(file))
        #expect(try isInUse(base) == false)
        let chain = try Command.runSuccessfully(
            "qemu-img",
            ["info", "-U", "--backing-chain", "--output=json", file]
        ).text
        #expect(!chain.contains("base.qcow2"))
        // What QEMU has opened, and not only what the image says.
        let blocks = try room.daemon.virsh(
            "qemu-monitor-command",
            "copy",
            #"{"execute": "query-named-block-nodes"}"#
        )
        #expect(blocks.contains(file) && !blocks.contains("base.qcow2"))
    }

    /// Whether QEMU finds that another process has an image open.
    private func isInUse(_ path: String) throws -> Bool {
        let words = ["-f", "qcow2", "-c", "read 0 512", path]
        let output = try TestSupport.Command.run("qemu-io", words)
        return output.status != 0 && output.standardError.contains("lock")
    }

    @Test("while a clone reads, QEMU merges and removes nothing below it, and takes new snapshots")
    func locks() async throws {
        try room.startRecording("web")
        try room.takeSnapshot("s1", of: "web")
        try room.awaitRecords("web", 5)
        try room.takeSnapshot("s2", of: "web")
        var wish = try CloneVMFromSnapshot(
            snapshotID: room.snapshot("s2", of: "web"),
            name: "slow"
        )
        wish.bytesPerSecond = 1 << 18
        let job = try room.engine.start(wish, as: room.session)
        try await copying(job)
        let commit = try room.daemon.objection(
            "blockcommit",
            "web",
            "hdb",
            "--base",
            room.directory.path("web-hdb.qcow2"),
            "--top",
            room.directory.path("web-hdb.s1"),
            "--wait"
        )
        #expect(commit?.contains("lock") == true)
        // The first disk is copied long before the others, and is locked all the same.
        let deletion = try room.daemon.objection("snapshot-delete", "web", "s2")
        #expect(deletion?.contains("lock") == true)
        let second = try room.snapshot("s2", of: "web")
        #expect(await room.keys { _ = try room.delete(second) } == ["OBJECT_LOCKED"])
        try room.takeSnapshot("s3", of: "web")
        job.cancel()
        #expect(await room.keys { try await job.finish() } == ["JOB_CANCELLED"])
        #expect(try room.daemon.virsh("list", "--all", "--name").contains("slow") == false)
        try await room.delete(second).finish()
        #expect(try room.files("web-hdb.s2").isEmpty, "merged into the one below it")
        try await room.clone("web", "s3", as: "fast")
        let last = try room.lastRecords(in: "fast")
        #expect(last[0] == last[1] || last[0] == last[1] + 1)
        #expect(try room.events(20011) == [], "what was merged is known to be right")
        #expect(try room.events(356).count == 1)
        try room.awaitRecords("web", 5)
    }

    /// Returns when a job has copied some data.
    private func copying(_ job: RunningJob) async throws {
        for await steps in job.progress where steps.contains(where: { $0.copiedBytes > 0 }) {
            return
        }
    }
}
