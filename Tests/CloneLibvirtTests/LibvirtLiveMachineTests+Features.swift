// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

extension LibvirtLiveMachineTests {
    @Suite("What clones of libvirt's VMs are like")
    struct Features {
        private let room: MachineRoom

        init() throws { room = try MachineRoom() }

        private static let controller = "<controller type='scsi' model='virtio-scsi'/>"

        @Test(
            "shareable disks and LUNs are not frozen nor copied, and can be plugged and unplugged later"
        )
        func sharedDisks() async throws {
            let device = try LoopDevice(byteCount: 4 << 20)
            let shared = room.directory.path("shared.raw")
            try QemuImg.create(shared, format: "raw", size: 8 << 20)
            let lun = """
                <disk type='block' device='disk'><driver name='qemu' type='raw'/>
                <source dev='\(device.path)'/><target dev='sdb' bus='scsi'/></disk>
                """
            try room.define(
                "web",
                MachineRoom.disk(try room.image("base.qcow2"), "vda") + Self.controller
                    + MachineRoom.disk(shared, "sda", "raw", "<shareable/>") + lun
            )
            try room.daemon.virsh("start", "web")
            try room.takeSnapshot("s1", of: "web")
            #expect(try room.events(20012).count == 2)
            let kinds = try room.vm("web").configuration.disks.map(\.disk.kind)
            #expect(kinds.filter { $0 == .lun }.count == 1)

            let clone = try await room.clone("web", "s1", as: "copy")
            let unplugged = clone.configuration.disks.filter { !$0.attachment.isPlugged }
            #expect(unplugged.count == 2)
            #expect(try room.events(20002).count == 2)
            #expect(try room.daemon.virsh("domblklist", "copy").contains("sd") == false)
            try await provesPlugging(try #require(unplugged.first { $0.disk.kind == .image }))

            try await room.clone("web", "s1", as: "bare") { $0.sharedDisks = .omit }
            #expect(try room.vm("bare").configuration.disks.map(\.disk.alias) == ["vda"])
            try await room.clone("web", "s1", as: "both") { $0.sharedDisks = .attachPlugged }
            #expect(try room.daemon.virsh("domblklist", "both").contains(shared))
            let keys = await room.keys {
                try await room.clone("web", "s1", as: "none") { $0.sharedDisks = .refuse }
            }
            #expect(keys == ["SHAREABLE_DISK_NOT_SUPPORTED", "SHAREABLE_DISK_NOT_SUPPORTED"])
        }

        /// The clone's shared disk comes and goes while it runs, and is there at its next start.
        private func provesPlugging(_ disk: ConfiguredDisk) async throws {
            let id = try room.vm("copy").vm.id
            try await room.engine.start(vm: id, as: room.session)
            try room.run(PlugDisk(diskID: disk.disk.id, vmID: id, isPlugged: true))
            #expect(try room.daemon.virsh("domblklist", "copy").contains("sda"))
            #expect(try room.daemon.virsh("dumpxml", "--inactive", "copy").contains("sda"))
            let isPlugged = { [room] in
                try room.vm("copy").configuration.disks.first { $0.disk.id == disk.disk.id }?
                    .attachment.isPlugged
            }
            #expect(try isPlugged() == true)
            try room.run(PlugDisk(diskID: disk.disk.id, vmID: id, isPlugged: false))
            #expect(try room.daemon.virsh("domblklist", "copy").contains("sda") == false)
            #expect(try isPlugged() == false)
            try await room.engine.stop(vm: id, isForced: true, as: room.session)
        }

        @Test(
            "a VM that is down is snapshotted and cloned with its firmware's state, into a pool by name"
        )
        func offline() async throws {
            let pool = room.directory.path("pool")
            try FileManager.default.createDirectory(
                atPath: pool,
                withIntermediateDirectories: false
            )
            try room.daemon.virsh("pool-create-as", "fast", "dir", "--target", pool)
            let (code, variables) = (
                room.directory.path("CODE.fd"), room.directory.path("web_VARS.fd")
            )
            for path in [code, variables] { try Data(path.utf8).write(to: URL(filePath: path)) }
            let os =
                "<loader readonly='yes' type='pflash'>\(code)</loader><nvram>\(variables)</nvram>"
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"), os: os)
            try room.takeSnapshot("s1", of: "web")
            let reference = room.directory.path("reference")
            try QemuImg.convert(room.directory.path("base.qcow2"), from: "qcow2", to: reference)
            let id = try room.ask(Find.domain("fast"))
            let clone = try await room.clone("web", "s1", as: "copy") { $0.domainID = id }
            let file = try room.file("vda", of: "copy")
            #expect(file == pool + "/copy-vda.qcow2")
            try QemuImg.compare(file, format: "qcow2", reference, format: "raw")
            try QemuImg.check(file)
            #expect(try room.daemon.virsh("vol-list", "fast").contains("copy-vda.qcow2"))
            let copied = room.directory.path("copy_VARS.fd")
            #expect(FileManager.default.contents(atPath: copied) == Data(variables.utf8))
            let xml = try room.daemon.virsh("dumpxml", "copy")
            #expect(
                xml.contains(copied) && !xml.contains(variables) && !xml.contains("backingStore")
            )
            #expect(clone.configuration.details.firmware == .uefi)
            let told = try room.events(20013)
            #expect(told.contains { $0.contains("the state of its firmware is that of now") })

            try room.run(RemoveVM(id: clone.vm.id))
            #expect(try room.isDefined("copy") == false)
            #expect(try room.files("", in: pool).isEmpty)
            #expect(try room.engine.check() == [])
        }

        @Test("a disk goes to another bus, format and directory, and the clone starts with it")
        func otherBus() async throws {
            try room.define("web", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.takeSnapshot("s1", of: "web")
            let disk = try #require(room.vm("web").configuration.disks.first)
            let clone = try await room.clone("web", "s1", as: "copy") { wish in
                var choice = CloneVMFromSnapshot.DiskChoice()
                (choice.interface, choice.format) = (.virtioSCSI, .raw)
                wish.disks[disk.disk.id] = choice
            }
            #expect(clone.configuration.disks.map(\.attachment.interface) == [.virtioSCSI])
            let list = try room.daemon.virsh("domblklist", "copy")
            #expect(list.contains("sda") && list.contains("copy-vda.raw"))
            try await room.engine.start(vm: clone.vm.id, as: room.session)
            #expect(try room.vm("copy").configuration.disks.count == 1)
        }

        @Test("one command makes and starts a clone, with nothing else set up")
        func commandLine() throws {
            try room.define("web01", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.daemon.virsh("start", "web01")
            try room.daemon.virsh("snapshot-create-as", "web01", "before-upgrade", "--disk-only")
            let output = try tool(
                "clone",
                "web01",
                "--snapshot",
                "before-upgrade",
                "--name",
                "web01-test",
                "--start"
            )
            #expect(output.status == 0, "\(output.standardError)")
            let running = try room.daemon.virsh("list", "--name")
            #expect(running.contains("web01-test") && running.split(separator: "\n").count >= 2)
            #expect(try tool("vm", "stop", "web01-test", "--force").status == 0)
            #expect(try tool("vm", "remove", "web01-test").status == 0)
            #expect(try room.files("web01-test").isEmpty)
            let lost = try tool("vm", "list", "--connect", "qemu+unix:///system?socket=/nowhere")
            #expect(
                lost.status == 1
                    && lost.standardError.contains("There is no connection to qemu+unix")
            )
        }

        @Test("oVirt's SDK clones a running VM and starts the clone; a browser stops and starts it")
        func service() throws {
            try room.define("web01", MachineRoom.disk(try room.image("base.qcow2"), "vda"))
            try room.daemon.virsh("start", "web01")
            let user = AddUser(name: Session.administrator, password: "a long secret")
            _ = try room.run(user)
            let server = try ServeProcess(in: room.directory, ["--connect", room.daemon.uri])
            try PythonClients.run(
                ["clients/libvirt.py"],
                with: server,
                ["PASSWORD=a long secret"],
                maximumSeconds: 200
            )
        }

        @Test("what a killed clone has left is undone at the next start, in libvirt too")
        func killed() throws {
            try room.define(
                "web",
                MachineRoom.disk(try room.image("base.qcow2", megabytes: 20), "vda")
            )
            try room.daemon.virsh("snapshot-create-as", "web", "s1", "--disk-only")
            let script = """
                "$0" clone web --snapshot s1 --name copy --rate-limit 2M --quiet "$@" & pid=$!
                for i in $(seq 200); do
                    ls -a "$2/.." | grep -q 'copy-vda' && break; sleep 0.05
                done
                kill -KILL $pid
                """
            let words = [
                "-c", script, try TestSupport.Command.built("clone-vm"), "--state",
                room.directory.path("state"),
            ]
            let connect = ["--connect", room.daemon.uri]
            _ = try Command.run("bash", words + connect, in: room.directory.path)
            #expect(try room.isDefined("copy") == false)
            #expect(try tool("recover").status == 0)
            #expect(try room.files("copy").isEmpty && room.files(".copy").isEmpty)
            #expect(try room.ask(ListVMs()).map(\.name) == ["web"])
            #expect(try room.events(20006).count == 1)
        }

        /// The tool as users run it, connected by the environment.
        private func tool(_ words: String...) throws -> TestSupport.Command.Output {
            let environment = [
                "CLONE_VM_CONNECT=\(room.daemon.uri)",
                "CLONE_VM_STATE=\(room.directory.path("state"))",
                try TestSupport.Command.built("clone-vm"),
            ]
            return try TestSupport.Command.run("env", environment + words)
        }
    }
}
