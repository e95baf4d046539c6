// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension CreateSnapshot: MachineCommand {
    func validate(_ vm: VirtualMachine, _ context: CommandContext) throws -> [Refusal] {
        let action = "create Snapshot"
        var refusals = try context.permission(.manageSnapshots, on: .vm(vmID))
        refusals += NameRules.refusals(description: description, for: action)
        guard !description.isEmpty, !description.contains("/") else {
            let reason = "The snapshot needs a name without slashes."
            return refusals + [.cannot(action, "EMPTY_DESCRIPTION", .badRequest, reason)]
        }
        if vm.status == .imageLocked { refusals.append(.vmLocked(action)) }
        if try context.snapshots(of: vmID).contains(where: { $0.description == description }) {
            let reason = "VM \(vm.name) has a snapshot of this name."
            refusals.append(.cannot(action, "NAME_ALREADY_USED", reason))
        }
        return refusals
    }

    func perform(by hypervisor: any Hypervisor, in engine: Engine, as session: Session) throws {
        let machines = try engine.look(maximumAge: LookAge.answer)?.machines ?? []
        guard let machine = machines.first(where: { $0.id == vmID }) else {
            throw EngineError(.noVM(vmID))
        }
        let drives = machine.hardware.drives
        let frozen = drives.filter { $0.reasonNotToFreeze == nil }
        guard !frozen.isEmpty else {
            let reason = "VM \(machine.name) has no disk of which there can be snapshots."
            throw EngineError(.cannot("create Snapshot", "NO_DISKS", reason))
        }
        try engine.tell(as: session) { context in
            let user = session.userName
            let name = description
            try context.log(
                .snapshotStarted(snapshot: name, vm: machine.name, user: user),
                vm: vmID
            )
        }
        try hypervisor.takeSnapshot(
            description,
            of: vmID,
            targets: Set(frozen.map(\.target)),
            isQuiesced: isQuiesced
        )
        try engine.tell(as: session) { context in
            for drive in drives {
                guard let reason = drive.reasonNotToFreeze else { continue }
                let (disk, name) = (drive.target, description)
                try context.log(
                    .diskNotFrozen(disk: disk, snapshot: name, reason: reason),
                    vm: vmID
                )
            }
            try context.log(.snapshotCreated(snapshot: description, vm: machine.name), vm: vmID)
        }
    }

    func outcome(_ context: CommandContext) throws -> Snapshot {
        let mine = Snapshot.filter(Column("vmID") == vmID && Column("description") == description)
        guard let snapshot = try mine.fetchOne(context.database) else {
            throw EngineError(.notFound("snapshot", description))
        }
        return snapshot
    }
}

extension Inventory.Drive {
    /// Why there can be no snapshot of a disk; nil when there can.
    fileprivate var reasonNotToFreeze: String? {
        if isShareable { return "it is shareable, and others write to it meanwhile" }
        if isReadOnly { return "it is only read" }
        return switch place {
        case .file: nil
        case .device: "it is a device of the host's, given to the VM as it is"
        case .elsewhere(let text): "it is a \(text)"
        }
    }
}

extension Engine {
    /// Stores events.
    func tell(as session: Session, _ body: (CommandContext) throws -> Void) throws {
        try change(as: session, body)
    }
}
