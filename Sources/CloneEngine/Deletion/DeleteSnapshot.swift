// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import GRDB

/// Removes a snapshot: what its volumes have is merged into those above them.
package struct DeleteSnapshot: Command {
    package let id: Snapshot.ID
    package let jobID: Job.ID

    package init(id: Snapshot.ID, jobID: Job.ID = Job.ID()) { (self.id, self.jobID) = (id, jobID) }

    var action: String { "remove Snapshot" }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        guard let snapshot = try context.snapshot(id), let vm = try context.vm(snapshot.vmID) else {
            return [.notFound("snapshot", id.rawValue)]
        }
        var refusals = try context.permission(.manageSnapshots, on: .vm(vm.id))
        refusals += context.connectionRefusals(vm, for: action)
        guard snapshot.kind == .regular else {
            let reason = "The operation is only allowed for regular snapshots."
            return refusals + [.cannot(action, "VM_SNAPSHOT_TYPE_NOT_REGULAR", reason)]
        }
        if vm.hypervisor == nil, vm.status != .down {
            let reason = "VM \(vm.name) is not down."
            refusals.append(.cannot(action, "VM_IS_NOT_DOWN", reason))
        }
        let merges = try context.merges(of: snapshot)
        let objects = [.snapshot(id)] + merges.flatMap(\.objects)
        if let job = try context.conflict(with: objects, .exclusive) {
            refusals.append(.objectLocked(action, by: job))
        }
        if vm.hypervisor != nil {
            return try refusals + machineRefusals(vm, snapshot, merges, context)
        }
        return try refusals + merges.flatMap { try self.refusals($0, context) }
    }

    private func refusals(_ merge: Merge, _ context: CommandContext) throws -> [Refusal] {
        let removed = merge.removed
        guard try context.children(of: removed.id).count == 1 else {
            return [.derivedDisks(above: removed)]
        }
        guard merge.kept.domainID != nil else {
            let reason = "The volume above it, \(merge.kept.path), was adopted and is not changed."
            return [.cannot(action, "VOLUME_IS_ADOPTED", reason)]
        }
        return []
    }

    package func run(_ context: CommandContext) throws -> Job {
        guard let snapshot = try context.snapshot(id), let vm = try context.vm(snapshot.vmID) else {
            throw EngineError(.notFound("snapshot", id.rawValue))
        }
        let merges = try context.merges(of: snapshot)
        let work = DeletionWork(
            snapshotID: id,
            snapshotName: snapshot.description,
            vmID: vm.id,
            vmName: vm.name,
            merges: vm.hypervisor == nil ? try merges.map { try volumeMerge($0, context) } : [],
            hypervisor: vm.hypervisor
        )
        let job = Job(
            id: jobID,
            description: "Removing Snapshot \(snapshot.description) of VM \(vm.name)",
            userName: context.session.userName,
            correlationID: context.session.correlationID,
            startedAt: context.now,
            work: .deleteSnapshot(work)
        )
        try store(job, work.merges, context)
        let locked = Set([.snapshot(id)] + merges.flatMap(\.objects))
        for object in locked { try Lock(object, .exclusive, by: jobID).insert(context.database) }
        let user = context.session.userName
        try context.log(
            .snapshotRemovalStarted(snapshot: snapshot.description, vm: vm.name, user: user),
            vm: vm.id,
            job: jobID
        )
        return job
    }

    private func volumeMerge(_ merge: Merge, _ context: CommandContext) throws -> VolumeMerge {
        let chain = try context.chain(from: merge.kept.id)
        let kept = merge.kept
        let copy = VolumeCopy(
            stepID: JobStep.ID(),
            diskAlias: try context.disk(kept.diskID)?.alias ?? kept.diskID.rawValue,
            sourcePaths: chain.map(\.path),
            sourceFormat: kept.format,
            basePath: merge.removed.parentID == nil ? nil : chain[2].path,
            target: CopyTarget(kept, at: kept.path + VolumeMerge.suffix),
            bytesPerSecond: nil
        )
        return VolumeMerge(removedID: merge.removed.id, keptID: kept.id, copy: copy)
    }

    private func store(_ job: Job, _ merges: [VolumeMerge], _ context: CommandContext) throws {
        try job.insert(context.database)
        for (position, merge) in merges.enumerated() {
            try JobStep(
                id: merge.copy.stepID,
                jobID: jobID,
                position: position,
                description: "Merging disk \(merge.copy.diskAlias)",
                totalBytes: merge.copy.target.capacityBytes
            ).insert(context.database)
        }
    }
}

/// A volume that goes, and the one above it.
struct Merge {
    let removed: Volume
    let kept: Volume

    /// What nobody else may use meanwhile.
    var objects: [ObjectReference] { [.volume(removed.id), .volume(kept.id)] }
}

extension Refusal {
    static func derivedDisks(above volume: Volume) -> Refusal {
        let reason = "Several volumes lie above \(volume.path)."
        return .cannot("remove Snapshot", "DETECTED_DERIVED_DISKS", reason)
    }
}

extension VolumeMerge {
    /// What is being made beside a volume that it is going to replace ends like this.
    static let suffix = ".merged"
}

extension CopyTarget {
    fileprivate init(_ volume: Volume, at path: String) {
        (diskID, volumeID, domainID) = (volume.diskID, volume.id, volume.domainID)
        (format, allocation) = (volume.format, volume.allocation)
        (capacityBytes, self.path) = (volume.capacityBytes, path)
    }
}

extension CommandContext {
    /// The volumes of a snapshot that are still there, each with the one above it.
    fileprivate func merges(of snapshot: Snapshot) throws -> [Merge] {
        try SnapshotVolume.filter(Column("snapshotID") == snapshot.id).fetchAll(database)
            .compactMap { row in
                guard let removed = try volume(row.volumeID),
                    let kept = try children(of: removed.id).first
                else { return nil }
                return Merge(removed: removed, kept: kept)
            }
    }

    /// Puts the merged volumes in their places; what they read as has not changed.
    func complete(_ work: DeletionWork, _ job: Job) throws {
        for merge in work.merges {
            guard let removed = try volume(merge.removedID), var kept = try volume(merge.keptID)
            else {
                continue
            }
            if Directory.identity(of: merge.copy.target.path) != nil {
                try Directory.replace(kept.path, by: merge.copy.target.path)
                try Directory.flush(Directory.parent(of: kept.path))
            }
            kept.parentID = removed.parentID
            try kept.update(database)
            if let disk = try disk(kept.diskID) {
                let isTop = disk.activeVolumeID == kept.id
                try kept.writeMetadata(of: disk, kind: isTop ? .leaf : .inner)
            }
            try removed.delete(database)
            try remove(fileOf: removed)
        }
        try Snapshot.deleteOne(database, key: work.snapshotID)
        try log(
            .snapshotRemoved(snapshot: work.snapshotName, vm: work.vmName),
            vm: work.vmID,
            job: job.id
        )
    }

    func undo(_ work: DeletionWork, _ job: Job, _ failure: EngineError?) throws {
        for merge in work.merges { try willRemove(merge.copy.target.path) }
        // A hypervisor goes on when the process is gone that has asked it.
        let isLeft = failure == nil && work.hypervisor != nil
        let event: Event.Kind =
            isLeft
            ? .snapshotRemovalLeft(snapshot: work.snapshotName, vm: work.vmName)
            : .snapshotRemovalFailed(snapshot: work.snapshotName, vm: work.vmName)
        try log(event, vm: work.vmID, job: job.id)
    }
}

extension Engine {
    /// Starts to remove a snapshot.
    ///
    /// - Throws: `EngineError` with all that speaks against it; nothing has changed then.
    package func start(
        _ deletion: DeleteSnapshot,
        as session: Session
    ) throws(EngineError) -> RunningJob {
        try start(deletion, deletion.jobID, as: session)
    }
}
