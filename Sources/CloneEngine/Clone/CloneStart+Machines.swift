// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation
internal import GRDB

extension CloneStart {
    /// What a clone of a hypervisor's VM calls its copied disks: as the source does, or the first free
    /// name of the new bus.
    func targets(of plan: ClonePlan) -> [Disk.ID: String] {
        guard let state else { return [:] }
        var targets: [Disk.ID: String] = [:]
        var taken = Set(state.drives.map(\.target))
        for copy in plan.copies {
            guard let drive = state.drive(copy.source.disk.id, of: plan.source.id) else { continue }
            let wanted = copy.attachment.interface
            let name = wanted == drive.interface ? drive.target : wanted.freeTarget(besides: taken)
            taken.insert(name)
            targets[copy.source.disk.id] = name
        }
        return targets
    }

    /// What the hypervisor is going to be told; nil for a VM of the engine's own.
    func machine(
        _ plan: ClonePlan,
        _ paths: [String],
        _ targets: [Disk.ID: String],
        _ addresses: [MACAddress: MACAddress]
    ) -> MachineClone? {
        guard let state else { return nil }
        var disks: [String: CloneDraft.Disk] = [:]
        for (copy, path) in zip(plan.copies, paths) {
            let id = copy.source.disk.id
            guard let target = targets[id] else { continue }
            let source = state.drive(id, of: plan.source.id)?.target
            disks[source ?? target] = .image(
                CloneDraft.Image(
                    path: path,
                    format: copy.shape.format,
                    target: target,
                    interface: copy.attachment.interface,
                    bootOrder: copy.attachment.bootOrder
                )
            )
        }
        for shared in plan.sharedDisks where shared.attachment.isPlugged {
            guard let drive = state.drive(shared.disk.id, of: plan.source.id) else { continue }
            disks[drive.target] = .shared
        }
        return MachineClone(
            sourceID: plan.source.id,
            snapshotID: plan.snapshot.id,
            snapshotName: plan.snapshot.description,
            details: plan.details,
            macAddresses: addresses,
            disks: disks
        )
    }

    /// The same of a clone that is only planned: its files have no names yet.
    func machine(_ plan: ClonePlan) -> MachineClone? {
        let paths = plan.copies.map { "\($0.domain.path)/\($0.alias)" }
        return machine(plan, paths, targets(of: plan), [:])
    }

    /// What the hypervisor is told when somebody plugs a disk that source and clone share.
    func definition(of disk: Disk.ID, in plan: ClonePlan) -> String? {
        state?.drive(disk, of: plan.source.id)?.definition
    }
}

extension Inventory.State {
    fileprivate func drive(_ disk: Disk.ID, of vm: VirtualMachine.ID) -> Inventory.Drive? {
        drives.first { $0.diskID(in: vm) == disk }
    }
}

extension DiskAttachment.Interface {
    /// What a VM calls a disk of this interface that is new to it.
    fileprivate func freeTarget(besides taken: Set<String>) -> String {
        let prefix =
            switch self {
            case .virtio: "vd"
            case .virtioSCSI, .sata: "sd"
            case .ide: "hd"
            }
        let letters = "abcdefghijklmnopqrstuvwxyz".map { "\(prefix)\($0)" }
        return letters.first { !taken.contains($0) } ?? "\(prefix)aa"
    }
}

extension CommandContext {
    /// Where a new volume's file goes.
    ///
    /// In a domain that is laid out for people it is named after the VM, if one is given, and the disk.
    func path(
        of volume: Volume.ID,
        of disk: Disk,
        in domain: StorageDomain,
        _ format: Volume.Format,
        owner: VirtualMachine?
    ) throws -> String {
        guard domain.layout == .flat else {
            return DomainLayout(domain.path).path(of: volume, of: disk.id)
        }
        let name = owner.map { "\($0.name)-\(disk.alias)" } ?? disk.alias
        let suffix = format == .raw ? "raw" : "qcow2"
        for number in 1... {
            let unique = number == 1 ? name : "\(name)-\(number)"
            let path = "\(domain.path)/\(unique).\(suffix)"
            let isKnown = try !Volume.filter(Column("path") == path).isEmpty(database)
            if !isKnown, Directory.kind(of: path) == nil { return path }
        }
        preconditionFailure("there is always one number more")
    }
}
