// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension DeleteSnapshot {
    /// What speaks against removing a snapshot that a hypervisor has taken.
    ///
    /// It merges each image above the snapshot's into that one and then removes it. Whatever else lies
    /// above either would read something else, or nothing; a VM that is down says nothing against it.
    func machineRefusals(
        _ vm: VirtualMachine,
        _ snapshot: Snapshot,
        _ merges: [Merge],
        _ context: CommandContext
    ) throws -> [Refusal] {
        if vm.status == .imageLocked { return [.vmLocked(action)] }
        let rows = try SnapshotVolume.filter(Column("snapshotID") == id).fetchAll(context.database)
        let found = Set(merges.map(\.removed.id))
        // Images that have only changed may be left of a removal that did not come to its end.
        if let lost = rows.first(where: { !found.contains($0.volumeID) }) {
            let damage = lost.damage ?? "its images are not known"
            let reason =
                "There is nothing to merge: \(damage). What libvirt knows of the snapshot goes with: "
                + "virsh snapshot-delete --metadata \(vm.name) \(snapshot.description)"
            return [.cannot(action, "SNAPSHOT_DAMAGED", reason)]
        }
        return try merges.flatMap { merge -> [Refusal] in
            let chain = try context.disk(merge.kept.diskID)?.activeVolumeID.map(context.chain)
            let own = Set((chain ?? []).map(\.id))
            return try [merge.removed, merge.kept].filter { volume in
                try context.children(of: volume.id).contains { !own.contains($0.id) }
            }.map { .derivedDisks(above: $0) }
        }
    }
}

extension Engine {
    /// Has the hypervisor remove a snapshot of its own, and waits until it has.
    func deleteMachineSnapshot(_ work: DeletionWork) throws {
        guard let name = work.hypervisor else { return }
        try hypervisor(named: name).deleteSnapshot(work.snapshotName, of: work.vmID)
    }

    /// Whether the hypervisor has removed a snapshot although the process that wanted it is gone.
    func isGone(_ work: DeletionWork) throws -> Bool {
        guard let name = work.hypervisor else { return false }
        return try hypervisor(named: name).inventory().state(work.snapshotID) == nil
    }
}
