// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport

@testable import CloneEngine

/// An engine with two storage domains and a VM, in a directory of its own.
struct Workshop {
    static let mebibyte = 1 << 20

    let directory: TemporaryDirectory
    let engine: Engine
    let session = Session()
    let first: StorageDomain
    let second: StorageDomain
    let vm: VirtualMachine

    init() throws {
        directory = try TemporaryDirectory()
        engine = try Engine(state: directory.path("state"))
        func domain(_ name: String, _ engine: Engine, _ path: String) throws -> StorageDomain {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
            return try engine.run(AddStorageDomain(name: name, path: path), as: Session())
        }
        first = try domain("first", engine, directory.path("first"))
        second = try domain("second", engine, directory.path("second"))
        vm = try engine.run(AddVM(name: "source"), as: session)
    }

    @discardableResult func run<C: CloneEngine.Command>(_ command: C) throws -> C.Outcome {
        try engine.run(command, as: session)
    }

    func ask<Q: Query>(_ query: Q) throws -> Q.Answer { try engine.answer(query, as: session) }

    /// Gives the VM an empty disk of 8 MiB.
    func addDisk(
        _ alias: String,
        _ shape: VolumeShape = VolumeShape(.cow, .sparse),
        isShareable: Bool = false
    ) throws -> Disk {
        var command = AddDisk(
            vmID: vm.id,
            domainID: first.id,
            alias: alias,
            capacityBytes: UInt64(8 * Workshop.mebibyte)
        )
        (command.shape, command.isShareable) = (shape, isShareable)
        return try run(command)
    }

    /// Makes a chain of three images, each with data of its own, and gives the VM the top.
    func adoptChain(_ alias: String) throws -> (disk: Disk, paths: [String]) {
        let paths = (0..<3).map { directory.path("\(alias)\($0).qcow2") }
        try QemuImg.create(paths[0], size: 8 * Workshop.mebibyte)
        for (lower, upper) in zip(paths, paths.dropFirst()) {
            try QemuImg.create(upper, size: 8 * Workshop.mebibyte, backing: lower)
        }
        for (index, path) in paths.enumerated() {
            try QemuImg.io(path, ["write -P \(index + 1) \(index * 512)k 1M"])
        }
        let disk = try run(AdoptDisk(vmID: vm.id, path: paths[2], format: .cow, alias: alias))
        return (disk, paths)
    }

    /// Writes into a disk's active volume, as a guest would.
    func write(_ pattern: Int, to disk: Disk, _ range: String = "0 1M") throws {
        let volume = try activeVolume(of: disk)
        try QemuImg.io(
            volume.path,
            ["write -P \(pattern) \(range)"],
            format: volume.format.imageFormat.rawValue
        )
    }

    func snapshot(_ description: String, domain: StorageDomain? = nil) throws -> Snapshot {
        try run(
            CreateSnapshot(
                vmID: vm.id,
                description: description,
                domainID: (domain ?? first).id
            )
        )
    }

    /// Clones a snapshot and waits until the VM is complete.
    func clone(
        _ snapshot: Snapshot,
        as name: String = "clone",
        _ change: (inout CloneVMFromSnapshot) -> Void = { _ in }
    ) async throws -> ShowVM.Answer {
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: name)
        change(&wish)
        let job = try engine.start(wish, as: session)
        try await job.finish()
        return try ask(ShowVM(id: ask(Find.vm(name))))
    }

    func activeVolume(of disk: Disk) throws -> Volume {
        let entry = try ask(ListDisks()).first { $0.disk.id == disk.id }
        guard let volume = entry?.volumes.last else { throw EngineError(.noDisk(disk.id)) }
        return volume
    }

    /// The volume that a snapshot has of a disk.
    func volume(of disk: Disk, at snapshot: Snapshot) throws -> Volume {
        let configuration = try ask(GetVmConfigurationBySnapshot(snapshotID: snapshot.id))
        let id = configuration.disks.first { $0.disk.id == disk.id }?.disk.activeVolumeID
        let volumes = try ask(ListDisks()).flatMap(\.volumes)
        guard let volume = volumes.first(where: { $0.id == id }) else {
            throw EngineError(.noDisk(disk.id))
        }
        return volume
    }

    /// A complete copy of what a volume reads as, made by qemu-img: it stays when the volume goes.
    func reference(_ volume: Volume) throws -> String {
        let path = directory.path("\(volume.id).reference")
        let format = volume.format.imageFormat.rawValue
        try QemuImg.convert(volume.path, from: format, to: path)
        return path
    }

    /// Throws unless a clone's disk stands alone and has the content of a reference.
    func prove(_ disk: ConfiguredDisk, equals reference: String) throws {
        let volume = try activeVolume(of: disk.disk)
        let format = volume.format.imageFormat.rawValue
        try QemuImg.compare(volume.path, format: format, reference, format: "raw")
        if volume.format == .cow { try QemuImg.check(volume.path) }
    }

    var events: [Event] { get throws { try ask(ListEvents()).entries } }

    /// The refusals' keys of what is expected to fail.
    func keys(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch let error as EngineError {
            return error.refusals.map(\.key)
        } catch { return ["\(error)"] }
    }
}

extension Workshop {
    /// Does something while another process has turns of the first domain, all unless said otherwise.
    func holdingTurns(
        _ numbers: [Int] = Array(0..<DomainTurns.copiesPerDomain),
        _ body: () async throws -> Void
    ) async throws {
        let turns = engine.stateDirectory + "/turns"
        try FileManager.default.createDirectory(atPath: turns, withIntermediateDirectories: true)
        let paths = numbers.map { "\(turns)/\(first.id)-\($0)" }
        let holder = Process()
        let told = Pipe()
        holder.executableURL = URL(filePath: "/bin/sh")
        let script = paths.enumerated().map { "exec \($0 + 7)>\($1); flock \($0 + 7);" }
        holder.arguments = ["-c", script.joined(separator: " ") + " echo held; exec sleep 60"]
        holder.standardOutput = told
        try holder.run()
        _ = try told.fileHandleForReading.read(upToCount: 5)
        defer {
            holder.terminate()
            holder.waitUntilExit()
        }
        try await body()
    }
}

extension Workshop {
    /// A workshop whose VM has a card and a disk with data, and a snapshot.
    static func withSnapshot() throws -> (workshop: Workshop, disk: Disk, snapshot: Snapshot) {
        let workshop = try Workshop()
        let disk = try workshop.addDisk("root")
        try workshop.write(5, to: disk, "0 4M")
        try workshop.run(AddNIC(vmID: workshop.vm.id, name: "nic1"))
        return (workshop, disk, try workshop.snapshot("s"))
    }
}
