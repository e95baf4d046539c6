// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneLibvirt
import Foundation
import TestSupport
import Testing

@testable import CloneEngine

extension LibvirtLiveMachineTests {
    @Suite("What goes wrong with libvirt's VMs")
    struct Faults {
        private let room: MachineRoom

        init() throws { room = try MachineRoom() }

        @Test("a disk that was deleted since is left out, and an event says so")
        func deletedDisk() async throws {
            let (kept, gone) = (try room.image("kept.qcow2"), try room.image("gone.qcow2"))
            try room.define("web", MachineRoom.disk(kept, "vda") + MachineRoom.disk(gone, "vdb"))
            try room.takeSnapshot("s1", of: "web")
            try room.daemon.virsh("detach-disk", "web", "vdb", "--config")
            for name in try room.files("gone") {
                try FileManager.default.removeItem(atPath: room.directory.path(name))
            }
            let clone = try await room.clone("web", "s1", as: "copy")
            #expect(clone.configuration.disks.map(\.disk.alias) == ["vda"])
            #expect(
                try room.events(20001) == [
                    "Disk vdb of snapshot 's1' is not part of VM copy: it has been deleted since."
                ]
            )
            #expect(try room.daemon.virsh("domblklist", "copy").contains("vdb") == false)
        }

        @Test("a chain without one of its files is left out, and told at the next look")
        func missingFile() async throws {
            let base = try room.image("base.qcow2")
            let top = room.directory.path("top.qcow2")
            try QemuImg.create(top, size: 64 << 20, backing: base)
            try room.define(
                "web",
                MachineRoom.disk(top, "vda") + MachineRoom.disk(try room.image("b.qcow2"), "vdb")
            )
            try room.takeSnapshot("s1", of: "web")
            try FileManager.default.removeItem(atPath: base)
            _ = try room.vm("web")
            let message = try #require(room.events(20011).first)
            #expect(
                message.hasPrefix("Disk vda of snapshot 's1' of VM web cannot be cloned any more:")
            )
            #expect(message.contains("base.qcow2"))
            let clone = try await room.clone("web", "s1", as: "copy")
            #expect(clone.configuration.disks.map(\.disk.alias) == ["vdb"])
            #expect(try room.events(20001).count == 1)
            _ = try room.vm("web")
            #expect(try room.events(20011).count == 1, "once")
        }

        @Test("merges by others are noticed, whether we knew the snapshot before or not")
        func merged() async throws {
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.takeSnapshot("s1", of: "web")
            try QemuImg.io(room.file("vda", of: "web"), ["write -P 0x22 0 64k"])
            try room.daemon.virsh("start", "web")
            try room.takeSnapshot("s2", of: "web")
            try room.daemon.virsh(
                "blockcommit",
                "web",
                "vda",
                "--wait",
                "--delete",
                "--base",
                room.directory.path("base.qcow2"),
                "--top",
                room.directory.path("base.s1")
            )
            _ = try room.vm("web")
            let told = try room.events(20011).sorted()
            #expect(told.count == 2)
            #expect(
                told.first?.contains("base.qcow2 has changed since the snapshot was taken") == true
            )
            #expect(told.last?.contains("base.s1 is missing") == true)
            let clone = try await room.clone("web", "s1", as: "copy")
            #expect(clone.configuration.disks.isEmpty)

            // Who has never seen the snapshot has only the files' times.
            try Command.runSuccessfully(
                "touch",
                ["--date=1 hour", room.directory.path("base.qcow2")]
            )
            let stranger = try Engine(
                state: room.directory.path("other"),
                hypervisor: LibvirtHypervisor(uri: room.daemon.uri)
            )
            _ = try stranger.answer(ListVMs(), as: room.session)
            let seen = try stranger.answer(ListEvents(), as: room.session).map(\.message)
            #expect(seen.contains { $0.contains("was written to after the snapshot was taken") })
        }

        @Test("the file that a VM writes to again is not cloned, running or not")
        func pivoted() async throws {
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.daemon.virsh("start", "web")
            try room.daemon.virsh(
                "snapshot-create-as",
                "web",
                "s1",
                "--disk-only",
                "--atomic"
            )
            try room.daemon.virsh("blockcommit", "web", "vda", "--active", "--pivot")
            // As old as a snapshot is that nobody is still taking.
            let xml = try room.daemon.virsh("snapshot-dumpxml", "web", "s1")
            let old = xml.replacing(/<creationTime>[0-9]+</, with: "<creationTime>1600000000<")
            let path = room.directory.path("s1.xml")
            try Data(old.utf8).write(to: URL(filePath: path))
            try room.daemon.virsh("snapshot-create", "web", path, "--redefine")
            _ = try room.vm("web")
            #expect(try room.events(20011).first?.contains("VM web writes to its file") == true)
            try room.daemon.virsh("destroy", "web")
            let clone = try await room.clone("web", "s1", as: "copy")
            #expect(clone.configuration.disks.isEmpty)
        }

        @Test("a VM keeps its id with another name, and one that was undefined is forgotten")
        func renamed() throws {
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            let id = try room.vm("web").vm.id
            try room.daemon.virsh("domrename", "web", "shop")
            #expect(try room.reopened().answer(Find.vm("shop"), as: room.session) == id)
            #expect(try room.events(20010) == ["VM web is called shop now."])
            try room.daemon.virsh("undefine", "shop")
            #expect(try room.reopened().answer(ListVMs(), as: room.session).isEmpty)
            #expect(try room.events(20009).count == 1)
            #expect(try room.files("base.qcow2").count == 1, "its file stays")
        }

        @Test("a full pool is refused before anything is written, and undone when it is tried")
        func fullPool() async throws {
            let small = try LoopFileSystem(ext4Megabytes: 16)
            let pool = small.path("pool")
            try FileManager.default.createDirectory(
                atPath: pool,
                withIntermediateDirectories: false
            )
            // One that is started later sees the new file system.
            let test = Faults(try MachineRoom(LibvirtDaemon()))
            try await test.fills(pool)
        }

        private func fills(_ pool: String) async throws {
            try room.daemon.virsh("pool-create-as", "small", "dir", "--target", pool)
            try room.define(
                "web",
                MachineRoom.disk(try room.image("base.qcow2", megabytes: 40), "vda")
            )
            try room.takeSnapshot("s1", of: "web")
            let domain = try room.ask(Find.domain("small"))
            let low = await room.keys {
                try await room.clone("web", "s1", as: "copy") { $0.domainID = domain }
            }
            #expect(low == ["DISK_SPACE_LOW_ON_STORAGE_DOMAIN"])
            let failed = await room.keys {
                try await room.clone("web", "s1", as: "copy") {
                    ($0.domainID, $0.checksSpace) = (domain, false)
                }
            }
            #expect(failed == ["COPY_FAILED"])
            try provesEmpty(pool)
            try room.daemon.virsh("pool-refresh", "small")
            #expect(try room.daemon.virsh("vol-list", "small").contains("copy") == false)
        }

        @Test("a guest that does not let go of a disk keeps it, now and for its next start")
        func keptDisk() async throws {
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.daemon.virsh("start", "web")
            let vm = try room.vm("web")
            let disk = try #require(vm.configuration.disks.first)
            let unplug = PlugDisk(diskID: disk.disk.id, vmID: vm.vm.id, isPlugged: false)
            #expect(await room.keys { try room.run(unplug) } == ["GUEST_KEEPS_DISK"])
            #expect(try room.daemon.virsh("domblklist", "--inactive", "web").contains("vda"))
            #expect(try room.vm("web").configuration.disks == [disk])
            try room.daemon.virsh("destroy", "web")
            try room.run(unplug)
            #expect(try room.daemon.virsh("domblklist", "web").contains("vda") == false)
            #expect(try room.vm("web").configuration.disks.map(\.attachment.isPlugged) == [false])
        }

        /// Images that have changed are what a removal leaves that did not come to its end.
        private func retries() async throws {
            try room.takeSnapshot("s3", of: "web")
            try Command.runSuccessfully("touch", [room.directory.path("base.s1")])
            let third = try room.snapshot("s3", of: "web")
            #expect(try room.events(20011).count == 1)
            try await room.delete(third).finish()
            #expect(try room.files("base.s3").isEmpty)
        }

        @Test("a snapshot that others build on, or whose files are gone, is not removed")
        func heldSnapshot() async throws {
            let base = try room.image("base.qcow2")
            try room.define("web", MachineRoom.disk(base, "vda"))
            try room.takeSnapshot("s1", of: "web")
            try room.takeSnapshot("s2", of: "web")
            let top = room.directory.path("other.qcow2")
            try QemuImg.create(top, size: 64 << 20, backing: base)
            try room.define("other", MachineRoom.disk(top, "vda"))
            let (first, second) = (
                try room.snapshot("s1", of: "web"), try room.snapshot("s2", of: "web")
            )
            #expect(await room.keys { _ = try room.delete(first) } == ["DETECTED_DERIVED_DISKS"])
            try await room.delete(second).finish()
            #expect(try room.files("base.s2").isEmpty)
            try await retries()
            try room.daemon.virsh("undefine", "other")
            _ = try room.vm("web")
            try FileManager.default.removeItem(atPath: base)
            do {
                _ = try room.delete(first)
                Issue.record("a snapshot without files is removed")
            } catch {
                #expect("\(error)".contains("virsh snapshot-delete --metadata web s1"))
            }
        }

        /// Nothing is left of the clone `copy`.
        private func provesEmpty(_ place: String) throws {
            #expect(try room.files("", in: place).isEmpty)
            #expect(try room.isDefined("copy") == false)
            #expect(try room.ask(ListVMs()).map(\.name).contains("copy") == false)
            #expect(try room.engine.check() == [])
        }

        /// A directory for the clone, and the wish for a clone that takes seconds.
        private func slowClone() throws -> (String, RunningJob) {
            let place = room.directory.path("place")
            try FileManager.default.createDirectory(
                atPath: place,
                withIntermediateDirectories: false
            )
            try room.define(
                "web",
                MachineRoom.disk(try room.image("base.qcow2", megabytes: 20), "vda")
            )
            try room.takeSnapshot("s1", of: "web")
            var wish = try CloneVMFromSnapshot(
                snapshotID: room.snapshot("s1", of: "web"),
                name: "copy"
            )
            wish.domainID = try room.run(UseDirectory(path: place)).id
            wish.bytesPerSecond = 4 << 20
            return (place, try room.engine.start(wish, as: room.session))
        }

        /// Returns when a job has copied some data.
        private func copying(_ job: RunningJob) async {
            for await steps in job.progress where steps.contains(where: { $0.copiedBytes > 0 }) {
                return
            }
        }

        @Test("a name that is taken is refused, and one that is taken meanwhile undoes the clone")
        func takenName() async throws {
            let (place, job) = try slowClone()
            await copying(job)
            let file = try room.image("other.qcow2")
            try room.define("copy", MachineRoom.disk(file, "vda"))
            #expect(await room.keys { try await job.finish() } == ["HYPERVISOR_REFUSED"])
            #expect(try room.files("", in: place).isEmpty)
            #expect(
                try room.daemon.virsh("domblklist", "copy").contains(file),
                "the other one stays"
            )
            let keys = await room.keys { try await room.clone("web", "s1", as: "copy") }
            #expect(keys == ["NAME_ALREADY_USED"])
        }

        @Test("a VM without a guest agent is not quiesced, and the message says what is missing")
        func quiesce() async throws {
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.daemon.virsh("start", "web")
            let keys = await room.keys {
                let id = try room.ask(Find.vm("web"))
                try room.run(CreateSnapshot(vmID: id, description: "s1", isQuiesced: true))
            }
            #expect(keys == ["GUEST_AGENT_MISSING"])
            #expect(try room.daemon.virsh("snapshot-list", "web", "--name").contains("s1") == false)
        }

        @Test("a libvirtd that was killed is waited for when the disks are copied")
        func revived() async throws {
            let room = try MachineRoom(LibvirtDaemon())
            let test = Faults(room)
            let (_, job) = try test.slowClone()
            await test.copying(job)
            try room.daemon.kill()
            let lost = await room.keys { _ = try room.ask(ListVMs()) }
            #expect(lost == ["HYPERVISOR_UNREACHABLE"])
            try room.daemon.revive()
            try await job.finish()
            #expect(try room.isDefined("copy"))
            #expect(try room.vm("copy").configuration.disks.count == 1)
        }

        @Test("when libvirtd stays away, the clone is undone, and a message says why")
        func lost() async throws {
            let room = try MachineRoom(LibvirtDaemon())
            let test = Faults(room)
            let (place, job) = try test.slowClone()
            await test.copying(job)
            try room.daemon.kill()
            #expect(await room.keys { try await job.finish() } == ["HYPERVISOR_UNREACHABLE"])
            #expect(try room.files("", in: place).isEmpty)
            try room.daemon.revive()
            try test.provesEmpty(place)
            #expect(try room.events(60).count == 1)
        }

        private init(_ room: MachineRoom) { self.room = room }
    }
}
