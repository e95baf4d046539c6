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
            try QemuImg.io(device.path, ["write -P 0x33 0 4M"], format: "raw")
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
            try await provesPlugging(
                try #require(unplugged.first { $0.disk.kind == .lun }),
                whose: device.file
            )

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
            #expect(try isPlugged(disk) == true)
            try room.run(PlugDisk(diskID: disk.disk.id, vmID: id, isPlugged: false))
            #expect(try room.daemon.virsh("domblklist", "copy").contains("sda") == false)
            #expect(try isPlugged(disk) == false)
            #expect(
                try room.events(2000) + room.events(2002) == [
                    "VM copy disk sda was plugged by admin@internal.",
                    "VM copy disk sda was unplugged by admin@internal.",
                ]
            )
        }

        private func isPlugged(_ disk: ConfiguredDisk) throws -> Bool? {
            try room.vm("copy").configuration.disks.first { $0.disk.id == disk.disk.id }?
                .attachment.isPlugged
        }

        /// A LUN goes into the running clone when its source has let go of it, and is as it was.
        private func provesPlugging(_ lun: ConfiguredDisk, whose file: String) async throws {
            let (source, clone) = (try room.vm("web").vm.id, try room.vm("copy").vm.id)
            let content = FileManager.default.contents(atPath: file)
            let plug = PlugDisk(diskID: lun.disk.id, vmID: clone, isPlugged: true)
            do {
                try room.run(plug)
                Issue.record("two VMs have a LUN that is not shareable")
            } catch { #expect("\(error)".contains("A VM that runs, or another program")) }
            #expect(try isPlugged(lun) == false)
            try room.run(PlugDisk(diskID: lun.disk.id, vmID: source, isPlugged: false))
            try room.run(plug)
            #expect(try room.daemon.virsh("domblklist", "copy").contains(lun.disk.lunPath ?? "-"))
            #expect(try isPlugged(lun) == true)
            #expect(FileManager.default.contents(atPath: file) == content)
            try await room.engine.stop(vm: clone, isForced: true, as: room.session)
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

        @Test("a running VM's network disk is told as one, not frozen, and left out of the clone")
        func networkDisk() async throws {
            let file = room.directory.path("remote.raw")
            try QemuImg.create(file, format: "raw", size: 8 << 20)
            let socket = room.directory.path("nbd")
            try TestSupport.Command.runSuccessfully(
                "qemu-nbd",
                ["--fork", "--format", "raw", "--socket", socket, "--export-name", "disk", file]
            )
            try room.define(
                "web",
                MachineRoom.disk(try room.image("base.qcow2"), "vda")
                    + """
                    <disk type='network'><driver name='qemu' type='raw'/><target dev='vdb'/>
                    <source protocol='nbd' name='disk'><host transport='unix' socket='\(socket)'/>
                    </source></disk>
                    """
            )
            try room.daemon.virsh("start", "web")
            try room.takeSnapshot("s1", of: "web")
            let what = "it is a network disk nbd:disk"
            #expect(
                try room.events(20012) == ["Disk vdb is not part of snapshot 's1': \(what)."]
            )
            let clone = try await room.clone("web", "s1", as: "copy")
            #expect(clone.configuration.disks.map(\.disk.alias) == ["vda"])
            #expect(try room.daemon.virsh("domblklist", "copy").contains("vdb") == false)
            let told = try #require(room.events(20001).first)
            #expect(told.contains("\(what), which cannot be read from here, and the snapshot was"))
        }

        @Test("a dry run tells all in which the clone is going to differ, as the events do later")
        func dryRun() async throws {
            let (disc, floppy) = (room.directory.path("a.iso"), room.directory.path("b.img"))
            for path in [disc, floppy] { try QemuImg.create(path, format: "raw", size: 1 << 20) }
            try room.define(
                "web",
                MachineRoom.disk(try room.image("base.qcow2"), "vda")
                    + """
                    <disk type='file' device='cdrom'><source file='\(disc)'/>
                    <target dev='hda' bus='ide'/><readonly/></disk>
                    <disk type='file' device='floppy'><source file='\(floppy)'/>
                    <target dev='fda' bus='fdc'/></disk>
                    <controller type='usb' model='qemu-xhci'/>
                    <hostdev mode='subsystem' type='usb'><source startupPolicy='optional'>
                    <vendor id='0x1234'/><product id='0x5678'/></source></hostdev>
                    <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
                    <serial type='tcp'><source mode='bind' host='127.0.0.1' service='7654'/></serial>
                    <channel type='unix'><source mode='bind' path='/tmp/channel'/>
                    <target type='virtio' name='org.example.0'/></channel>
                    <graphics type='vnc' port='5999' autoport='no'/>
                    <filesystem><source dir='/srv'/><target dir='srv'/></filesystem>
                    """
            )
            try room.takeSnapshot("s1", of: "web")
            try FileManager.default.removeItem(atPath: disc)
            let words = ["clone", "web", "--snapshot", "s1", "--name", "copy"]
            let page = try tool(words + ["--dry-run"]).text
            #expect(try room.isDefined("copy") == false)
            try await room.clone("web", "s1", as: "copy")
            let told = try room.events(20013).map { $0.replacing("VM copy is not", with: "Not") }
            #expect(told.count == 8)
            #expect(page.split(separator: "\n").suffix(8).map(String.init) == told)
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
            try room.define("web01", try twoDisks())
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
            try provesPlugging("web01-test")
            #expect(try tool("snapshot", "delete", "web01", "before-upgrade").status == 0)
            let left = try room.daemon.virsh("snapshot-list", "web01", "--name")
            #expect(!left.contains("before-upgrade"))
            #expect(try tool("vm", "stop", "web01-test", "--force").status == 0)
            #expect(try tool("vm", "remove", "web01-test").status == 0)
            #expect(try room.files("web01-test").isEmpty)
            let lost = try tool("vm", "list", "--connect", "qemu+unix:///system?socket=/nowhere")
            #expect(
                lost.status == 1
                    && lost.standardError.contains("There is no connection to qemu+unix")
            )
        }

        /// A disk that the guest would have to let go of, and one that is simply taken from it.
        private func twoDisks() throws -> String {
            MachineRoom.disk(try room.image("base.qcow2"), "vda") + Self.controller
                + MachineRoom.disk(try room.image("data.qcow2"), "sda")
        }

        /// The commands take a disk from a running VM, and give it back.
        private func provesPlugging(_ vm: String) throws {
            for (word, isThere) in [("unplug", false), ("plug", true)] {
                let output = try tool("disk", word, vm, "sda")
                #expect(output.status == 0, "\(output.standardError)")
                #expect(try room.daemon.virsh("domblklist", vm).contains("sda") == isThere)
                let again = try tool("disk", word, vm, "sda")
                #expect(again.status == 3 && again.standardError.contains("\(word)ged already"))
            }
        }

        @Test("oVirt's SDK and a browser clone a running VM, start the clone, and plug a disk")
        func service() throws {
            try room.define("web01", try twoDisks())
            try room.daemon.virsh("start", "web01")
            let user = AddUser(name: Session.administrator, password: "a long secret")
            _ = try room.run(user)
            let server = try ServeProcess(in: room.directory, ["--connect", room.daemon.uri])
            try PythonClients.run(
                ["clients/libvirt.py"],
                with: server,
                ["PASSWORD=a long secret", "LIBVIRT_URI=\(room.daemon.uri)"],
                maximumSeconds: 200
            )
        }

        @Test("a clone that a killed server has left is finished and defined by the next")
        func resumed() async throws {
            try room.define(
                "myvm",
                MachineRoom.disk(try room.image("base.qcow2", megabytes: 12), "vda")
            )
            try room.daemon.virsh("snapshot-create-as", "myvm", "s1", "--disk-only")
            let password = "a long secret"
            _ = try room.run(AddUser(name: Session.administrator, password: password))
            let options = ["--connect", room.daemon.uri, "--at-end", "resume"]
            let server = try ServeProcess(in: room.directory, options)
            try PythonClients.run(
                ["clients/slow_clone.py", "s1", "1000000"],
                with: server,
                ["PASSWORD=\(password)"]
            )
            server.crash()
            #expect(try room.vm("slow").vm.status == .imageLocked)

            // Whoever is not connected leaves it to others.
            try ServeProcess(in: room.directory, ["--at-end", "resume"]).stop()
            let next = try ServeProcess(in: room.directory, options)
            while try !room.isDefined("slow") { try await Task.sleep(for: .milliseconds(100)) }
            while try room.vm("slow").vm.status == .imageLocked {
                try await Task.sleep(for: .milliseconds(100))
            }
            next.stop()
            #expect(try room.events(20014).count == 1)
            #expect(try room.engine.check() == [])
            try QemuImg.check(try room.file("vda", of: "slow"))
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
            try tool(words)
        }

        private func tool(_ words: [String]) throws -> TestSupport.Command.Output {
            let environment = [
                "CLONE_VM_CONNECT=\(room.daemon.uri)",
                "CLONE_VM_STATE=\(room.directory.path("state"))",
                try TestSupport.Command.built("clone-vm"),
            ]
            return try TestSupport.Command.run("env", environment + words)
        }
    }
}
