// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

extension Inventory.State {
    /// The snapshot's id: that of its name and time.
    func id(in vm: VirtualMachine.ID) -> Snapshot.ID {
        let seconds = Int64(createdAt.timeIntervalSince1970)
        return Snapshot.ID(derivedFrom: "snapshot", vm.rawValue, name, "\(seconds)")
    }

    /// The disks of that time: those that were frozen as what they were then.
    var drives: [Inventory.Drive] {
        hardware.drives.map { overlays[$0.target] == nil ? $0 : $0.frozen }
    }
}

extension Inventory {
    /// A snapshot of any of the VMs.
    func state(_ id: Snapshot.ID) -> State? {
        machines.lazy.compactMap { machine in
            machine.snapshots.first { $0.id(in: machine.id) == id }
        }.first
    }
}

extension Mirror {
    /// Notes the disks of a snapshot; those that it did not freeze only if there are others to go with.
    func register(_ state: Inventory.State, of machine: Inventory.Machine) throws {
        for drive in state.drives {
            let isFrozen = state.overlays[drive.target] != nil
            guard isFrozen || drive.isShared, !survey.chain(drive.place).layers.isEmpty else {
                continue
            }
            try register(drive, of: machine, isPresent: false)
        }
    }

    /// Snapshots that have come, changed or gone.
    func compareSnapshots(_ machine: Inventory.Machine) throws {
        let known = try Snapshot.filter(Column("vmID") == machine.id).fetchAll(context.database)
        // What is seen while one is removed is neither what it was nor what it is going to be.
        let objects = known.map { ObjectReference.snapshot($0.id) }
        guard try context.conflict(with: objects, .shared) == nil else { return }
        let present = known.first { $0.kind == .active }
        if present == nil {
            let id = Snapshot.ID(derivedFrom: "present state", machine.id.rawValue)
            save(
                Snapshot(
                    id: id,
                    vmID: machine.id,
                    kind: .active,
                    description: "Active VM",
                    createdAt: now
                ),
                unless: nil
            )
        }
        let states = machine.snapshots.filter { !machine.isStillTaking($0, at: now) }
        let ids = Set(states.map { $0.id(in: machine.id) })
        for old in known where old.kind == .regular && !ids.contains(old.id) { remove(old) }
        for state in states {
            let id = state.id(in: machine.id)
            try compare(state, of: machine, known.first { $0.id == id })
        }
    }

    private func compare(
        _ state: Inventory.State,
        of machine: Inventory.Machine,
        _ known: Snapshot?
    ) throws {
        let snapshot = Snapshot(
            id: state.id(in: machine.id),
            vmID: machine.id,
            kind: .regular,
            description: state.name,
            createdAt: state.createdAt,
            configuration: configuration(state, of: machine)
        )
        save(snapshot, unless: known)
        let rows = try SnapshotVolume.filter(Column("snapshotID") == snapshot.id)
            .fetchAll(context.database)
        let drives = state.drives.filter { state.overlays[$0.target] != nil }
        let ids = Set(drives.map { $0.diskID(in: machine.id) })
        for row in rows where !ids.contains(row.diskID) { remove(row) }
        for drive in drives {
            let diskID = drive.diskID(in: machine.id)
            try compare(drive, of: state, of: machine, rows.first { $0.diskID == diskID })
        }
    }

    /// Whether a snapshot's disk is still what it was, and the event when it is not any more.
    private func compare(
        _ drive: Inventory.Drive,
        of state: Inventory.State,
        of machine: Inventory.Machine,
        _ known: SnapshotVolume?
    ) throws {
        let path = drive.place.path ?? drive.target
        let volume = topVolume(of: drive)?.id ?? Volume.ID(derivedFrom: "volume", path)
        var row = SnapshotVolume(
            snapshotID: state.id(in: machine.id),
            diskID: drive.diskID(in: machine.id),
            volumeID: volume
        )
        let earlier = known?.volumeID == volume ? known : nil
        row.fingerprint = earlier?.fingerprint ?? FileStamp(of: path)?.fingerprint
        row.damage = damage(to: drive, of: state, of: machine, earlier)
        save(row, unless: known)
        guard let damage = row.damage, known?.damage == nil else { return }
        change { context in
            try context.log(
                .snapshotDamaged(
                    disk: drive.target,
                    snapshot: state.name,
                    vm: machine.name,
                    reason: damage
                ),
                vm: machine.id
            )
        }
    }

    func topVolume(of drive: Inventory.Drive) -> Volume? {
        survey.chain(drive.place).layers.first.flatMap { volumes[$0.path] }
    }

    /// What the VM was, in the form in which the engine's own snapshots keep it; nil when a name in it
    /// cannot be written.
    private func configuration(
        _ state: Inventory.State,
        of machine: Inventory.Machine
    ) -> String? {
        let vm = VirtualMachine(
            id: machine.id,
            name: machine.name,
            details: state.hardware.details,
            status: state.wasRunning ? .up : .down,
            createdAt: state.createdAt
        )
        let configuration = VMConfiguration(
            of: vm,
            networkInterfaces: state.hardware.networkInterfaces(of: machine.id),
            disks: state.drives.map { configured($0, of: state, in: machine.id) },
            createdAt: state.createdAt
        )
        return try? configuration.ovf()
    }

    private func configured(
        _ drive: Inventory.Drive,
        of state: Inventory.State,
        in vm: VirtualMachine.ID
    ) -> ConfiguredDisk {
        let id = drive.diskID(in: vm)
        let isFrozen = state.overlays[drive.target] != nil
        let top = isFrozen ? topVolume(of: drive) : nil
        let isLUN = drive.isShared && !drive.isShareable
        let disk = Disk(
            id: id,
            alias: disks[id]?.alias ?? drive.target,
            kind: isLUN ? .lun : .image,
            isShareable: drive.isShareable,
            capacityBytes: top?.capacityBytes ?? disks[id]?.capacityBytes ?? 0,
            activeVolumeID: top?.id,
            lunPath: isLUN ? drive.place.path : nil,
            createdAt: disks[id]?.createdAt ?? state.createdAt
        )
        var attachment = drive.attachment(to: vm)
        attachment.definition = nil
        return ConfiguredDisk(
            attachment: attachment,
            disk: disk,
            volume: top.map { VolumeShape($0.format, $0.allocation) }
        )
    }
}
