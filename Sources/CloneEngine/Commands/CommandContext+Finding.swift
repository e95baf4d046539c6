// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension CommandContext {
    func domain(_ id: StorageDomain.ID) throws -> StorageDomain? {
        try StorageDomain.fetchOne(database, key: id)
    }

    func vm(_ id: VirtualMachine.ID) throws -> VirtualMachine? {
        try VirtualMachine.fetchOne(database, key: id)
    }

    func vm(named name: String) throws -> VirtualMachine? {
        try VirtualMachine.filter(Column("name") == name).fetchOne(database)
    }

    func disk(_ id: Disk.ID) throws -> Disk? { try Disk.fetchOne(database, key: id) }

    func volume(_ id: Volume.ID) throws -> Volume? { try Volume.fetchOne(database, key: id) }

    func snapshot(_ id: Snapshot.ID) throws -> Snapshot? {
        try Snapshot.fetchOne(database, key: id)
    }

    func attachments(of vm: VirtualMachine.ID) throws -> [DiskAttachment] {
        try DiskAttachment.filter(Column("vmID") == vm).fetchAll(database)
    }

    func attachments(of disk: Disk.ID) throws -> [DiskAttachment] {
        try DiskAttachment.filter(Column("diskID") == disk).fetchAll(database)
    }

    func networkInterfaces(of vm: VirtualMachine.ID) throws -> [NetworkInterface] {
        try NetworkInterface.filter(Column("vmID") == vm).order(Column("name")).fetchAll(database)
    }

    func volumes(of disk: Disk.ID) throws -> [Volume] {
        try Volume.filter(Column("diskID") == disk).fetchAll(database)
    }

    func children(of volume: Volume.ID) throws -> [Volume] {
        try Volume.filter(Column("parentID") == volume).fetchAll(database)
    }

    /// A volume and those below it, the top first; it ends where one is missing.
    func chain(from id: Volume.ID) throws -> [Volume] {
        var chain: [Volume] = []
        var next: Volume.ID? = id
        while let id = next, chain.count < maximumLayers,
            let volume = try volume(id)
        {
            chain.append(volume)
            next = volume.parentID
        }
        return chain
    }

    /// No chain of the image engine has more layers.
    var maximumLayers: Int { 4096 }

    /// The addresses of all devices that a VM has, plugged or not.
    func addresses(of vm: VirtualMachine.ID) throws -> [DeviceAddress] {
        try attachments(of: vm).map(\.address) + networkInterfaces(of: vm).map(\.address)
    }

    /// The configuration of a VM as it is now.
    func configuration(of vm: VirtualMachine) throws -> VMConfiguration {
        let disks = try attachments(of: vm.id).compactMap { attachment -> ConfiguredDisk? in
            guard let disk = try disk(attachment.diskID) else { return nil }
            let volume = try disk.activeVolumeID.flatMap(volume)
            return ConfiguredDisk(
                attachment: attachment,
                disk: disk,
                volume: volume.map { VolumeShape($0.format, $0.allocation) }
            )
        }
        return VMConfiguration(
            of: vm,
            networkInterfaces: try networkInterfaces(of: vm.id),
            disks: disks.sorted {
                ($0.disk.alias, $0.disk.id.rawValue) < ($1.disk.alias, $1.disk.id.rawValue)
            },
            createdAt: now
        )
    }
}
