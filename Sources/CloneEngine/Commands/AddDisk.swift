// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import GRDB
internal import QCow2

/// Makes an empty disk, for a VM or for whoever will have it attached.
package struct AddDisk: Command {
    /// The VM that has it attached at once; nil for none.
    package let vmID: VirtualMachine.ID?
    package let domainID: StorageDomain.ID
    package let alias: String
    package let capacityBytes: UInt64
    package var shape = VolumeShape(.cow, .sparse)
    package var isShareable = false
    package var wish = AttachmentWish()

    package init(
        vmID: VirtualMachine.ID?,
        domainID: StorageDomain.ID,
        alias: String,
        capacityBytes: UInt64
    ) {
        (self.vmID, self.domainID) = (vmID, domainID)
        (self.alias, self.capacityBytes) = (alias, capacityBytes)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "add disk"
        var refusals = try vmID.map { try context.attachRefusals($0, wish, for: action) } ?? []
        refusals += try context.permission(.createDisk, on: .domain(domainID))
        refusals += NameRules.refusals(alias, for: action)
        guard let domain = try context.domain(domainID) else {
            return refusals + [.noDomain(domainID)]
        }
        if domain.status != .active { refusals.append(.domainNotActive(action, domain)) }
        if isShareable, shape.format == .cow {
            let reason = "A shareable disk must be raw."
            refusals.append(.cannot(action, "SHAREABLE_DISK_NOT_SUPPORTED", .badRequest, reason))
        }
        if let refusal = shape.refusal(for: action) { refusals.append(refusal) }
        let free = try Directory.freeBytes(in: domain.path)
        if shape.allocation == .preallocated, free < capacityBytes {
            refusals.append(.lowSpace(action, domain, capacityBytes, free))
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws -> Disk {
        guard let domain = try context.domain(domainID) else {
            throw EngineError(.noDomain(domainID))
        }
        var disk = Disk(
            alias: alias,
            isShareable: isShareable,
            capacityBytes: (capacityBytes + 511) & ~511,
            createdAt: context.now
        )
        let volume = try context.makeVolume(of: disk, shape, in: domain, above: nil)
        disk.activeVolumeID = volume.id
        try disk.insert(context.database)
        try volume.insert(context.database)
        try context.give(.diskOperator, on: .disk(disk.id))
        if let vmID { try context.attach(disk.id, to: vmID, wish) }
        try context.log(
            .diskAdded(disk: alias, user: context.session.userName),
            vm: vmID
        )
        return disk
    }
}

extension VolumeShape {
    /// What a file domain cannot have: qcow2 volumes there grow as they are written.
    func refusal(for action: String) -> Refusal? {
        guard self == VolumeShape(.cow, .preallocated) else { return nil }
        let reason =
            "Disk configuration (\(self) backup-None) is incompatible with the storage domain type."
        return .cannot(action, "DISK_CONFIGURATION_NOT_SUPPORTED", reason)
    }

    /// How the image engine makes a volume of this shape.
    func target(above backing: CreationOptions.BackingName? = nil) -> CollapseTarget.Format {
        guard format == .cow else {
            return .raw(preallocation: allocation == .preallocated ? .falloc : .off)
        }
        var options = CreationOptions()
        options.backing = backing
        return .qcow2(options)
    }
}

extension CommandContext {
    /// Makes the file of a new volume, empty or above another volume, and its metadata.
    func makeVolume(
        of disk: Disk,
        _ shape: VolumeShape,
        in domain: StorageDomain,
        above parent: Volume?
    ) throws -> Volume {
        let id = Volume.ID()
        let path = try path(of: id, of: disk, in: domain, shape.format, owner: nil)
        let volume = Volume(
            id: id,
            diskID: disk.id,
            domainID: domain.id,
            parentID: parent?.id,
            path: path,
            format: shape.format,
            allocation: shape.allocation,
            capacityBytes: disk.capacityBytes,
            status: .ok,
            createdAt: now
        )
        try willMake(volume.path)
        if domain.layout == .images { try DomainLayout(domain.path).makeDirectory(of: disk.id) }
        let format = shape.target(above: parent.map { volume.backingName(of: $0) })
        try NewImage(at: volume.path, diskBytes: disk.capacityBytes, format: format).create()
        try volume.writeMetadata(of: disk)
        return volume
    }
}

extension Volume {
    /// How this volume names the one below it: by its bare name where both lie in one directory.
    func backingName(of parent: Volume) -> CreationOptions.BackingName {
        let isBeside = Directory.parent(of: path) == Directory.parent(of: parent.path)
        return CreationOptions.BackingName(
            name: isBeside ? Directory.name(of: parent.path) : parent.path,
            format: parent.format.imageFormat.rawValue
        )
    }
}
