// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import GRDB

/// Makes an existing image, with all below it, a VM's disk; the files stay where they are.
package struct AdoptDisk: Command {
    package let vmID: VirtualMachine.ID
    package let path: String
    /// The image's format; found out when nil.
    package let format: Volume.Format?
    package let alias: String
    package var isShareable = false
    package var wish = AttachmentWish()

    package init(
        vmID: VirtualMachine.ID,
        path: String,
        format: Volume.Format? = nil,
        alias: String
    ) {
        (self.vmID, self.path, self.format, self.alias) = (vmID, path, format, alias)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "adopt disk"
        var refusals = try context.attachRefusals(vmID, wish, for: action)
        refusals += try context.permission(.manageStorage, on: .system)
        refusals += NameRules.refusals(alias, for: action)
        do {
            let chain = try layers()
            guard let known = try knownVolume(chain[0].path, context) else { return refusals }
            let owner = try context.disk(known.diskID)?.alias ?? known.diskID.rawValue
            let reason = "\(chain[0].path) belongs to disk \(owner) already."
            refusals.append(.cannot(action, "VOLUME_ALREADY_REGISTERED", reason))
        } catch { refusals.append(.library(action, "IMAGE_UNUSABLE", error)) }
        return refusals
    }

    package func run(_ context: CommandContext) throws -> Disk {
        let layers = try layers()
        var disk = Disk(
            alias: alias,
            isShareable: isShareable,
            capacityBytes: layers[0].diskBytes,
            createdAt: context.now
        )
        var parent: Volume.ID?
        var added: [Volume] = []
        for layer in layers.reversed() {
            if let known = try knownVolume(layer.path, context) {
                parent = known.id
                continue
            }
            let volume = Volume(
                diskID: disk.id,
                domainID: nil,
                parentID: parent,
                path: Directory.resolved(layer.path),
                format: layer.format == .raw ? .raw : .cow,
                allocation: .sparse,
                capacityBytes: layer.diskBytes,
                status: .ok,
                createdAt: context.now
            )
            parent = volume.id
            added.append(volume)
        }
        disk.activeVolumeID = parent
        try disk.insert(context.database)
        for volume in added { try volume.insert(context.database) }
        try context.attach(disk.id, to: vmID, wish)
        let user = context.session.userName
        try context.log(.diskAdopted(disk: alias, path: path, user: user), vm: vmID)
        return disk
    }

    /// What the images say of themselves, the top first; all are there and none is in use.
    private func layers() throws -> [ImageInformation] {
        try ImageInformation.chain(from: path, format: format?.imageFormat)
    }

    private func knownVolume(_ path: String, _ context: CommandContext) throws -> Volume? {
        try Volume.filter(Column("path") == Directory.resolved(path)).fetchOne(context.database)
    }
}

/// Makes a block device that other hosts may use as well a VM's disk.
package struct AddLUNDisk: Command {
    package let vmID: VirtualMachine.ID
    package let path: String
    package let alias: String
    package var wish = AttachmentWish()

    package init(vmID: VirtualMachine.ID, path: String, alias: String) {
        (self.vmID, self.path, self.alias) = (vmID, path, alias)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "add disk"
        var refusals = try context.attachRefusals(vmID, wish, for: action)
        refusals += try context.permission(.manageStorage, on: .system)
        refusals += NameRules.refusals(alias, for: action)
        guard Directory.isBlockDevice(path) else {
            let reason = "\(path) is not a block device."
            return refusals + [.cannot(action, "LUN_INVALID", .badRequest, reason)]
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws -> Disk {
        let disk = Disk(
            alias: alias,
            kind: .lun,
            capacityBytes: try File(readingFrom: path).byteCount,
            lunPath: path,
            createdAt: context.now
        )
        try disk.insert(context.database)
        try context.attach(disk.id, to: vmID, wish)
        try context.log(.diskAdded(disk: alias, user: context.session.userName), vm: vmID)
        return disk
    }
}

/// Removes a disk and all its volumes, whatever snapshots have them.
///
/// A later clone of such a snapshot lacks the disk, and an event says so.
package struct RemoveDisk: Command {
    package let id: Disk.ID

    package init(id: Disk.ID) { self.id = id }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "remove disk"
        guard let disk = try context.disk(id) else { return [.noDisk(id)] }
        var refusals = try context.permission(.deleteDisk, on: .disk(id))
        let vms = try context.attachments(of: id).map(\.vmID)
        // Who shares it must not lose it either.
        for vmID in vms where refusals.isEmpty {
            refusals += try context.permission(.configureVMStorage, on: .vm(vmID))
        }
        for vm in try vms.compactMap(context.vm) {
            refusals += context.foreignRefusals(vm, for: action)
        }
        for vm in try vms.compactMap(context.vm) where vm.status != .down {
            let reason = "Disk \(disk.alias) is attached to VM \(vm.name), which is not down."
            refusals.append(.cannot(action, "VM_IS_NOT_DOWN", reason))
        }
        let volumes = try context.volumes(of: id)
        let objects = [.disk(id)] + volumes.map { ObjectReference.volume($0.id) }
        if let job = try context.conflict(with: objects, .exclusive) {
            refusals.append(.objectLocked(action, by: job))
        }
        for child in try volumes.flatMap({ try context.children(of: $0.id) })
        where child.diskID != id {
            let reason = "The volume \(child.path) of another disk lies above one of its volumes."
            refusals.append(.cannot(action, "DETECTED_DERIVED_DISKS", reason))
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws {
        guard let disk = try context.disk(id) else { return }
        try context.remove(disk)
        try context.log(.diskRemoved(disk: disk.alias, user: context.session.userName))
    }
}
