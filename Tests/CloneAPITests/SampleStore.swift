// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

@testable import CloneEngine

/// An engine with two storage domains, a VM with two disks and a snapshot, and users.
struct SampleStore: TestStore {
    static let password = "correct horse"
    static let mebibyte = 1 << 20

    let directory: TemporaryDirectory
    let engine: Engine
    let vm: VirtualMachine
    let snapshot: Snapshot
    let system: Disk
    let data: Disk
    let domains: [StorageDomain]

    var state: String { directory.path("state") }

    /// Makes all of it, and accounts, each with its role on all there is, or none.
    init(users: [String: Permission.Role?] = ["admin@internal": nil]) throws {
        directory = try TemporaryDirectory()
        engine = try Engine(state: directory.path("state"))
        let session = Session()
        domains = try ["fast", "archive"].map { [directory, engine] name in
            let path = directory.path(name)
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
            return try engine.run(AddStorageDomain(name: name, path: path), as: session)
        }
        vm = try engine.run(AddVM(name: "myvm"), as: session)
        var card = AddNIC(vmID: vm.id, name: "nic1")
        card.network = "ovirtmgmt"
        _ = try engine.run(card, as: session)
        system = try SampleStore.addDisk("system", .cow, to: vm, in: domains[0], engine)
        data = try SampleStore.addDisk("data", .raw, to: vm, in: domains[0], engine)
        _ = try SampleStore.keep("older", of: vm, after: [system: 1], engine)
        snapshot = try SampleStore.keep("mysnap", of: vm, after: [system: 2, data: 3], engine)
        for (name, role) in users { try addUser(name, role) }
    }

    /// Makes an account, and gives it a role on all there is.
    func addUser(_ name: String, _ role: Permission.Role? = nil) throws {
        try addAccount(name)
        guard let role else { return }
        try grant(role, to: name, on: .system)
    }

    func grant(_ role: Permission.Role, to name: String, on object: ObjectReference) throws {
        let permission = Permission(userName: name, role: role, object: object)
        _ = try engine.run(GrantPermission(permission), as: Session())
    }

    /// Starts a server of the store.
    func serve(_ options: [String] = []) throws -> ServeProcess {
        try ServeProcess(in: directory, options)
    }

    /// Has a client of Python's at a server of the store, as its administrator.
    func runClient(_ words: [String], with server: ServeProcess) throws {
        try PythonClients.run(words, with: server, ["PASSWORD=\(SampleStore.password)"])
    }

    /// Has a client start a clone, called `slow`, of one of the VM's snapshots.
    func startClone(
        of snapshot: String,
        bytesPerSecond: Int,
        with server: ServeProcess
    ) throws {
        try runClient(["clients/slow_clone.py", snapshot, "\(bytesPerSecond)"], with: server)
    }

    private static func addDisk(
        _ alias: String,
        _ format: Volume.Format,
        to vm: VirtualMachine,
        in domain: StorageDomain,
        _ engine: Engine
    ) throws -> Disk {
        let size = UInt64(8 * mebibyte)
        var disk = AddDisk(vmID: vm.id, domainID: domain.id, alias: alias, capacityBytes: size)
        disk.shape = VolumeShape(format, .sparse)
        return try engine.run(disk, as: Session())
    }

    /// Takes a snapshot once a guest has written something to some disks.
    private static func keep(
        _ description: String,
        of vm: VirtualMachine,
        after writes: [Disk: Int],
        _ engine: Engine
    ) throws -> Snapshot {
        for (disk, pattern) in writes {
            let volumes = try engine.answer(ShowDisk(id: disk.id), as: Session()).volumes
            guard let volume = volumes.last else { throw EngineError(.noDisk(disk.id)) }
            let format = volume.format == .cow ? "qcow2" : "raw"
            try QemuImg.io(volume.path, ["write -P \(pattern) \(pattern)M 1M"], format: format)
        }
        return try engine.run(CreateSnapshot(vmID: vm.id, description: description), as: Session())
    }
}
