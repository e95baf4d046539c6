// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Makes a VM without disks.
package struct AddVM: Command {
    package let name: String
    package let details: VirtualMachine.Details

    package init(name: String, details: VirtualMachine.Details = .init()) {
        (self.name, self.details) = (name, details)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        try context.permission(.createVM, on: .system)
            + context.nameRefusals(name, for: "add VM")
            + NameRules.refusals(description: details.description, for: "add VM")
            + details.refusals(for: "add VM")
    }

    package func run(_ context: CommandContext) throws -> VirtualMachine {
        let vm = VirtualMachine(name: name, details: details, createdAt: context.now)
        try context.insert(vm)
        try context.log(.vmAdded(vm: name, user: context.session.userName), vm: vm.id)
        return vm
    }
}

/// Removes a VM, its snapshots and the disks that no other VM has.
///
/// Files that were adopted stay.
package struct RemoveVM: Command {
    package let id: VirtualMachine.ID

    package init(id: VirtualMachine.ID) { self.id = id }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        var refusals = try context.permission(.deleteVM, on: .vm(id))
        guard let vm = try context.vm(id) else { return refusals + [.noVM(id)] }
        refusals += context.connectionRefusals(vm, for: "remove VM")
        if vm.status == .up {
            let reason = "VM is running."
            refusals.append(.cannot("remove VM", "VM_IS_RUNNING", reason))
        }
        return try refusals + context.lockRefusals(of: vm, for: "remove VM")
    }

    package func run(_ context: CommandContext) throws {
        guard let vm = try context.vm(id) else { return }
        try context.remove(vm)
        try context.log(.vmRemoved(vm: vm.name, user: context.session.userName), vm: id)
    }
}

/// Tells the engine whether somebody has started or stopped a VM that it does not run itself.
package struct SetVMStatus: Command {
    package let id: VirtualMachine.ID
    package let isUp: Bool

    package init(id: VirtualMachine.ID, isUp: Bool) { (self.id, self.isUp) = (id, isUp) }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.editVM, on: .vm(id))
        guard let vm = try context.vm(id) else { return refusals + [.noVM(id)] }
        let foreign = context.foreignRefusals(vm, for: "change VM's status")
        return refusals + foreign + (vm.status == .imageLocked ? [.vmLocked("run VM")] : [])
    }

    package func run(_ context: CommandContext) throws {
        guard var vm = try context.vm(id) else { return }
        vm.status = isUp ? .up : .down
        try vm.update(context.database)
    }
}

extension VirtualMachine.Details {
    /// What speaks against a machine that cannot be.
    func refusals(for action: String) -> [Refusal] {
        let counts = [processor.sockets, processor.coresPerSocket, processor.threadsPerCore]
        let isPossible =
            (UInt64(1 << 20)...(1 << 46)).contains(memoryBytes)
            && counts.allSatisfy { (1...1024).contains($0) } && processor.count <= 1024
        guard !isPossible else { return [] }
        let reason = "A VM has 1 MiB to 64 TiB of memory, and 1 to 1024 processors in all."
        return [.cannot(action, "VM_CONFIGURATION_INVALID", .badRequest, reason)]
    }
}

extension Refusal {
    static func noVM(_ id: VirtualMachine.ID) -> Refusal { .notFound("VM", id.rawValue) }
}

extension CommandContext {
    /// What speaks against a name of a new VM.
    func nameRefusals(_ name: String, for action: String) throws -> [Refusal] {
        let refusals = NameRules.refusals(name, for: action)
        guard refusals.isEmpty, try vm(named: name) != nil else { return refusals }
        let reason = "The VM name is already in use, please choose a unique name and try again."
        return [.cannot(action, "NAME_ALREADY_USED", reason)]
    }

    /// Stores a new VM with the row of its present state; who made it owns it.
    func insert(_ vm: VirtualMachine) throws {
        try vm.insert(database)
        try Snapshot(vmID: vm.id, kind: .active, description: "Active VM", createdAt: now)
            .insert(database)
        try give(.vmOwner, on: .vm(vm.id))
    }

    /// What speaks against changing or removing what belongs to a VM.
    func lockRefusals(of vm: VirtualMachine, for action: String) throws -> [Refusal] {
        let disks = try attachments(of: vm.id).map(\.diskID)
        let volumes = try disks.flatMap(volumes)
        let snapshots = try Snapshot.filter(Column("vmID") == vm.id).fetchAll(database)
        let objects =
            [.vm(vm.id)] + volumes.map { ObjectReference.volume($0.id) }
            + snapshots.map { .snapshot($0.id) } + disks.map { .disk($0) }
        guard let job = try conflict(with: objects, .exclusive) else { return [] }
        return [.objectLocked(action, by: job)]
    }

    /// Removes a VM and the disks that only it has.
    func remove(_ vm: VirtualMachine) throws {
        let disks = try attachments(of: vm.id).map(\.diskID)
        try vm.delete(database)
        try removePermissions(on: .vm(vm.id))
        for id in disks where try attachments(of: id).isEmpty {
            if let disk = try disk(id) { try remove(disk) }
        }
    }

    /// Removes a disk and its volumes; the files go when the transaction has come to its end.
    func remove(_ disk: Disk) throws {
        for volume in try volumes(of: disk.id) { try remove(fileOf: volume) }
        try disk.delete(database)
        try removePermissions(on: .disk(disk.id))
    }

    /// Removes a volume's file once the transaction has come to its end; one that was adopted stays.
    func remove(fileOf volume: Volume) throws {
        guard volume.domainID == nil else { return try willRemove(volume.path) }
        let alias = try disk(volume.diskID)?.alias ?? volume.diskID.rawValue
        try log(.fileKept(disk: alias, path: volume.path))
    }
}
