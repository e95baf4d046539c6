// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import GRDB

/// Keeps the state of a VM's disks and configuration: each disk gets a new volume that is written to
/// from now on, all of them or none.
package struct CreateSnapshot: Command {
    package let vmID: VirtualMachine.ID
    package let description: String
    /// Where new volumes go of disks that lie in no domain; a domain that the VM has volumes in, or
    /// the only one there is, when nil.
    package let domainID: StorageDomain.ID?
    /// Have the guest write all that it has in memory first, and wait; only where it runs.
    package let isQuiesced: Bool

    package init(
        vmID: VirtualMachine.ID,
        description: String,
        domainID: StorageDomain.ID? = nil,
        isQuiesced: Bool = false
    ) {
        (self.vmID, self.description, self.domainID) = (vmID, description, domainID)
        self.isQuiesced = isQuiesced
    }

    private var action: String { "create Snapshot" }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.manageSnapshots, on: .vm(vmID))
        guard let vm = try context.vm(vmID) else { return refusals + [.noVM(vmID)] }
        let foreign = context.foreignRefusals(vm, for: action)
        guard foreign.isEmpty else { return refusals + foreign }
        switch vm.status {
        case .imageLocked: return refusals + [.vmLocked(action)]
        case .up:
            let reason = "VM \(vm.name) is running, and was not started by this engine."
            return refusals + [.cannot(action, "VM_IS_RUNNING", reason)]
        case .down: break
        }
        if description.isEmpty {
            let reason = "The snapshot needs a description."
            return refusals + [.cannot(action, "EMPTY_DESCRIPTION", .badRequest, reason)]
        }
        return try refusals + NameRules.refusals(description: description, for: action)
            + context.volumesToKeep(vm).flatMap { disk, volume in
                try self.refusals(disk, volume, context)
            }
    }

    private func refusals(
        _ disk: Disk,
        _ volume: Volume,
        _ context: CommandContext
    ) throws -> [Refusal] {
        // Who only reads the volume is not disturbed by one above it.
        if let job = try context.conflict(with: [.volume(volume.id)], .shared) {
            return [.objectLocked(action, by: job)]
        }
        guard let domain = try domain(for: volume, context) else {
            let reason = "Say in which storage domain disk \(disk.alias) gets its new volume."
            return [.cannot(action, "STORAGE_DOMAIN_NOT_EXIST", .badRequest, reason)]
        }
        guard domain.status == .active else { return [.domainNotActive(action, domain)] }
        do {
            _ = try ImageInformation(of: volume.path, format: volume.format.imageFormat)
        } catch { return [.library(action, "IMAGE_UNUSABLE", error)] }
        return []
    }

    package func run(_ context: CommandContext) throws -> Snapshot {
        guard let vm = try context.vm(vmID) else { throw EngineError(.noVM(vmID)) }
        let snapshot = Snapshot(
            vmID: vmID,
            kind: .regular,
            description: description,
            createdAt: context.now,
            configuration: try context.configuration(of: vm).ovf()
        )
        try snapshot.insert(context.database)
        for (disk, volume) in try context.volumesToKeep(vm) {
            try keep(volume, of: disk, for: snapshot, context)
        }
        let user = context.session.userName
        try context.log(
            .snapshotStarted(snapshot: description, vm: vm.name, user: user),
            vm: vmID
        )
        try context.log(.snapshotCreated(snapshot: description, vm: vm.name), vm: vmID)
        return snapshot
    }

    private func keep(
        _ volume: Volume,
        of disk: Disk,
        for snapshot: Snapshot,
        _ context: CommandContext
    ) throws {
        guard let domain = try domain(for: volume, context) else { return }
        try SnapshotVolume(snapshotID: snapshot.id, diskID: disk.id, volumeID: volume.id)
            .insert(context.database)
        let overlay = try context.makeVolume(
            of: disk,
            VolumeShape(.cow, .sparse),
            in: domain,
            above: volume
        )
        try volume.writeMetadata(of: disk, kind: .inner)
        try overlay.insert(context.database)
        var disk = disk
        disk.activeVolumeID = overlay.id
        try disk.update(context.database)
    }

    private func domain(for volume: Volume, _ context: CommandContext) throws -> StorageDomain? {
        if let id = volume.domainID ?? domainID { return try context.domain(id) }
        let known = try context.volumes(of: volume.diskID).compactMap(\.domainID).first
        if let known { return try context.domain(known) }
        let all = try StorageDomain.fetchAll(context.database)
        return all.count == 1 ? all[0] : nil
    }
}

extension CommandContext {
    /// The disks of a VM whose state can be kept, each with the volume that has it.
    fileprivate func volumesToKeep(_ vm: VirtualMachine) throws -> [(Disk, Volume)] {
        try attachments(of: vm.id).compactMap { attachment in
            guard let disk = try disk(attachment.diskID), !disk.isShared,
                let volume = try disk.activeVolumeID.flatMap(volume)
            else { return nil }
            return (disk, volume)
        }
    }
}
