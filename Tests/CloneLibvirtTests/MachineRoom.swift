// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneLibvirt
import Foundation
import TestSupport

@testable import CloneEngine

/// A libvirtd of all the suite's tests, and for each test files and an engine of its own.
final class MachineRoom: Sendable {
    /// Starting one takes seconds, in which it finds out what QEMU can do.
    private static let shared = Result { try LibvirtDaemon() }

    let directory: TemporaryDirectory
    let daemon: LibvirtDaemon
    let engine: Engine
    let session = Session()

    /// A room with the shared libvirtd, or with one of the test's own, which is going to be killed.
    init(_ daemon: LibvirtDaemon? = nil) throws {
        directory = try TemporaryDirectory()
        self.daemon = try daemon ?? MachineRoom.shared.get()
        engine = try Engine(
            state: directory.path("state"),
            hypervisor: LibvirtHypervisor(uri: self.daemon.uri, patience: .seconds(5))
        )
    }

    deinit {
        for name in (try? daemon.virsh("list", "--all", "--name"))?.split(separator: "\n") ?? [] {
            let name = name.trimmingCharacters(in: .whitespaces)
            _ = try? daemon.objection("destroy", name)
            _ = try? daemon.objection("undefine", name, "--snapshots-metadata", "--nvram")
        }
        for name in (try? daemon.virsh("pool-list", "--name"))?.split(separator: "\n") ?? [] {
            _ = try? daemon.objection("pool-destroy", name.trimmingCharacters(in: .whitespaces))
        }
    }

    /// Another engine on the same state, as another process has it.
    func reopened() throws -> Engine {
        try Engine(
            state: directory.path("state"),
            hypervisor: LibvirtHypervisor(uri: daemon.uri)
        )
    }

    /// What the engine says after a look at what there is now.
    func ask<Q: Query>(_ query: Q) throws -> Q.Answer {
        try engine.look(maximumAge: .zero)
        return try engine.answer(query, as: session)
    }

    @discardableResult func run<C: CloneEngine.Command>(_ command: C) throws -> C.Outcome {
        try engine.run(command, as: session)
    }

    func vm(_ name: String) throws -> ShowVM.Answer { try ask(ShowVM(id: ask(Find.vm(name)))) }

    func snapshot(_ name: String, of vm: String) throws -> Snapshot.ID {
        try ask(Find.snapshot(name, of: ask(Find.vm(vm))))
    }

    @discardableResult func takeSnapshot(_ name: String, of vm: String) throws -> Snapshot {
        try run(CreateSnapshot(vmID: ask(Find.vm(vm)), description: name))
    }

    /// Starts to remove a snapshot.
    func delete(_ snapshot: Snapshot.ID) throws -> RunningJob {
        try engine.start(DeleteSnapshot(id: snapshot), as: session)
    }

    /// Clones a snapshot and waits until the VM is complete.
    @discardableResult func clone(
        _ vm: String,
        _ snapshot: String,
        as name: String,
        _ change: (inout CloneVMFromSnapshot) throws -> Void = { _ in }
    ) async throws -> ShowVM.Answer {
        var wish = try CloneVMFromSnapshot(
            snapshotID: self.snapshot(snapshot, of: vm),
            name: name
        )
        try change(&wish)
        try await engine.start(wish, as: session).finish()
        return try self.vm(name)
    }

    /// The file of one of a VM's disks.
    func file(_ target: String, of vm: String) throws -> String {
        let id = try self.vm(vm).configuration.disks.first { $0.disk.alias == target }?.disk.id
        let entry = try ask(ListDisks()).first { $0.disk.id == id }
        return entry?.volumes.last?.path ?? ""
    }

    /// The messages of all events that have a code.
    func events(_ code: Int) throws -> [String] {
        try ask(ListEvents()).filter { $0.code == code }.map(\.message)
    }

    /// Defines a domain with devices in libvirt's words.
    func define(_ name: String, _ devices: String, os: String = "") throws {
        let path = directory.path("\(name).xml")
        let xml = """
            <domain type='qemu'><name>\(name)</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
            <genid/><os><type arch='x86_64' machine='pc'>hvm</type>\(os)</os>
            <features><acpi/></features>
            <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>\(devices)</devices></domain>
            """
        try Data(xml.utf8).write(to: URL(filePath: path))
        try daemon.virsh("define", path)
    }

    /// A disk in libvirt's words.
    static func disk(
        _ path: String,
        _ target: String,
        _ format: String = "qcow2",
        _ more: String = ""
    )
        -> String
    {
        let bus = target.hasPrefix("hd") ? "ide" : target.hasPrefix("sd") ? "scsi" : "virtio"
        return """
            <disk type='file' device='disk'><driver name='qemu' type='\(format)'/>
            <source file='\(path)'/><target dev='\(target)' bus='\(bus)'/>\(more)</disk>
            """
    }

    /// Defines and starts a VM whose guest writes numbered records on two disks, one after the other.
    func startRecording(_ name: String) throws {
        let boot = try RecordingGuest.bootDisk(in: directory, disks: 2, port: 0x3f8)
        let disks = ["hdb", "hdc"].map { directory.path("\(name)-\($0).qcow2") }
        for disk in disks { try QemuImg.create(disk, size: RecordingGuest.diskBytes) }
        try define(
            name,
            MachineRoom.disk(boot, "hda", "raw", "<boot order='1'/>")
                + MachineRoom.disk(disks[0], "hdb", "qcow2", "<boot order='2'/>")
                + MachineRoom.disk(disks[1], "hdc", "qcow2", "<boot order='3'/>")
                + "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"
                + "<serial type='file'><source path='\(console(name))'/></serial>"
                + "<graphics type='vnc' port='-1' autoport='yes'/>"
        )
        try daemon.virsh("start", name)
        try awaitRecords(name, 5)
    }

    func console(_ name: String) -> String { directory.path("\(name).console") }

    /// How many records the guest has written.
    func records(_ name: String) throws -> Int {
        let console = try Data(contentsOf: URL(filePath: console(name)))
        guard console.allSatisfy({ $0 == UInt8(ascii: ".") }) else {
            throw RefusedError(description: "the guest could not write a record")
        }
        return console.count
    }

    /// Returns when the guest has written so many records more.
    func awaitRecords(_ name: String, _ count: Int) throws {
        let goal = ((try? records(name)) ?? 0) + count
        let deadline = ContinuousClock.now + .seconds(60)
        while ((try? records(name)) ?? 0) < goal {
            guard ContinuousClock.now < deadline else {
                throw RefusedError(description: "the guest does not write")
            }
            usleep(10_000)
        }
    }

    /// The last records in the two disks of a clone, each of which must be a moment of the guest's life.
    func lastRecords(in clone: String) throws -> [Int] {
        try ["hdb", "hdc"].map { target in
            let copy = directory.path("\(clone)-\(target).copy")
            let file = try file(target, of: clone)
            try QemuImg.convert(file, from: file.hasSuffix("raw") ? "raw" : "qcow2", to: copy)
            defer { try? FileManager.default.removeItem(atPath: copy + ".expected") }
            return try RecordingGuest.lastRecord(in: copy)
        }
    }

    /// The refusals' keys of what is expected to fail, or its words where it has none.
    func keys(_ body: () async throws -> Void) async -> [String] {
        do {
            try await body()
            return []
        } catch let error as EngineError {
            return error.refusals.map(\.key)
        } catch { return ["\(error)"] }
    }

    /// Whether libvirt knows a domain.
    func isDefined(_ name: String) throws -> Bool {
        try daemon.virsh("list", "--all", "--name").split(separator: "\n").map(String.init)
            .contains(name)
    }

    /// All files of a directory whose names begin so.
    func files(_ prefix: String, in path: String? = nil) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path ?? directory.path)
            .filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// A new image with a megabyte of data.
    func image(_ name: String, megabytes: Int = 1) throws -> String {
        let path = directory.path(name)
        try QemuImg.create(path, size: 64 << 20)
        try QemuImg.io(path, ["write -P 0x11 0 \(megabytes)M"])
        return path
    }
}
