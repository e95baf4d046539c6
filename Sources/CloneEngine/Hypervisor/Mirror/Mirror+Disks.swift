// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation
internal import GRDB

extension Inventory.Drive {
    /// The disk's id: that of the VM's place for it, or of what several VMs have together.
    func diskID(in vm: VirtualMachine.ID) -> Disk.ID {
        if isShared, let path = place.path { return Disk.ID(derivedFrom: "shared disk", path) }
        return Inventory.Drive.diskID(of: target, in: vm)
    }

    /// The id of a disk that only one VM has.
    static func diskID(of target: String, in vm: VirtualMachine.ID) -> Disk.ID {
        Disk.ID(derivedFrom: "disk", vm.rawValue, target)
    }

    /// True when others may write to it, or it is a device as it is.
    var isShared: Bool {
        if case .device = place { return true }
        return isShareable
    }

    /// The same disk, of which a snapshot has frozen the content, whatever it lies on.
    var frozen: Inventory.Drive {
        guard case .device(let path, let format) = place, !isShareable else { return self }
        return Inventory.Drive(
            target: target,
            interface: interface,
            bootOrder: bootOrder,
            isReadOnly: isReadOnly,
            isShareable: false,
            address: address,
            place: .file(path, format),
            definition: definition
        )
    }
}

extension Inventory.Place {
    /// The file or the device.
    var path: String? {
        switch self {
        case .file(let path, _), .device(let path, _): path
        case .elsewhere: nil
        }
    }
}

extension Mirror {
    /// Notes that there should be a disk that a VM has, with its volumes.
    ///
    /// - Returns: the volume on top; nil when there is none, or its chain cannot be read.
    @discardableResult func register(
        _ drive: Inventory.Drive,
        of machine: Inventory.Machine,
        isPresent: Bool = true
    ) throws -> Volume? {
        let id = drive.diskID(in: machine.id)
        let known = try disks[id] ?? context.disk(id)
        var disk = known ?? Disk(id: id, alias: drive.target, capacityBytes: 0, createdAt: now)
        disk.hypervisor = hypervisor
        let chain = survey.chain(drive.place)
        let top = drive.isDevice ? nil : try volumes(chain.layers, of: id).first
        if disks[id] == nil || isPresent {
            disk.kind = drive.isDevice ? .lun : .image
            disk.isShareable = drive.isShareable
            disk.lunPath = drive.isDevice ? drive.place.path : nil
            disk.capacityBytes = chain.layers.first?.capacityBytes ?? disk.capacityBytes
            disk.activeVolumeID = top?.id
            if case .unreadable(let reason) = chain {
                disk.description = reason + "."
            } else if known?.activeVolumeID == nil {
                disk.description = ""
            }
        }
        disks[id] = disk
        return top
    }

    /// The volumes of a chain, the top first.
    private func volumes(_ layers: [Survey.Layer], of disk: Disk.ID) throws -> [Volume] {
        var parent: Volume.ID?
        var found: [Volume] = []
        for layer in layers.reversed() {
            let volume = try volume(layer, above: parent, of: disk)
            parent = volume.id
            found.append(volume)
        }
        return found.reversed()
    }

    private func volume(
        _ layer: Survey.Layer,
        above parent: Volume.ID?,
        of disk: Disk.ID
    ) throws -> Volume {
        if let volume = volumes[layer.path] { return volume }
        let known = try Volume.filter(Column("path") == layer.path).fetchOne(context.database)
        let volume = Volume(
            id: known?.id ?? Volume.ID(derivedFrom: "volume", layer.path),
            diskID: disk,
            domainID: known?.domainID,
            parentID: parent,
            path: layer.path,
            format: layer.format,
            allocation: known?.allocation ?? .sparse,
            capacityBytes: layer.capacityBytes,
            status: known?.status ?? .ok,
            createdAt: known?.createdAt ?? now
        )
        volumes[layer.path] = volume
        return volume
    }

    /// Disks and volumes that have come, changed or gone.
    func compareDisks() throws {
        let unplugged = try unpluggedDisks()
        for disk in disks.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
            save(disk, unless: try context.disk(disk.id))
        }
        for (path, volume) in volumes.sorted(by: { $0.key < $1.key }) {
            let known = try Volume.filter(Column("path") == path).fetchOne(context.database)
            guard let known else {
                save(volume, unless: nil)
                continue
            }
            // An image below several disks stays that of the first, and that of an engine's own disk
            // its own.
            let owner = try context.disk(known.diskID)
            if let owner, owner.hypervisor != hypervisor { continue }
            let isKept = disks[known.diskID] != nil || unplugged.contains(known.diskID)
            save(isKept ? volume.owned(by: known.diskID) : volume, unless: known)
        }
        let all = try Disk.filter(Column("hypervisor") == hypervisor).fetchAll(context.database)
        for disk in all where !unplugged.contains(disk.id) {
            guard disks[disk.id] != nil else {
                remove(disk)
                continue
            }
            for volume in try context.volumes(of: disk.id) where volumes[volume.path] == nil {
                remove(volume)
            }
        }
    }

    /// The disks that only the engine knows to be attached: unplugged, or a moment from it, or of a clone
    /// that is being made.
    private func unpluggedDisks() throws -> Set<Disk.ID> {
        try Set(
            VirtualMachine.filter(Column("hypervisor") == hypervisor).fetchAll(context.database)
                .flatMap { vm in
                    try context.attachments(of: vm.id)
                        .filter { vm.status == .imageLocked || !$0.isPlugged || $0.isLeaving }
                        .map(\.diskID)
                }
        )
    }
}

extension Inventory.Drive {
    fileprivate var isDevice: Bool {
        if case .device = place { return true }
        return false
    }
}

extension Volume {
    fileprivate func owned(by disk: Disk.ID) -> Volume {
        Volume(
            id: id,
            diskID: disk,
            domainID: domainID,
            parentID: parentID,
            path: path,
            format: format,
            allocation: allocation,
            capacityBytes: capacityBytes,
            status: status,
            createdAt: createdAt
        )
    }
}
