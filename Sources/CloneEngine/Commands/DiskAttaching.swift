// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// How a VM is to have a disk attached.
package struct AttachmentWish: Hashable, Sendable {
    package var interface = DiskAttachment.Interface.virtio
    /// The place among the disks that the VM starts from; nil when it does not start from it.
    package var bootOrder: Int?
    package var isReadOnly = false
    package var isPlugged = true

    package init() {}
}

extension CommandContext {
    /// What speaks against attaching one more disk to a VM.
    func attachRefusals(
        _ vmID: VirtualMachine.ID,
        _ wish: AttachmentWish,
        for action: String
    ) throws -> [Refusal] {
        let refusals = try permission(.configureVMStorage, on: .vm(vmID))
        guard let vm = try vm(vmID) else { return refusals + [.noVM(vmID)] }
        guard vm.status != .imageLocked else { return refusals + [.vmLocked(action)] }
        let foreign = foreignRefusals(vm, for: action)
        guard foreign.isEmpty else { return refusals + foreign }
        let others = try attachments(of: vmID)
        if let order = wish.bootOrder, others.contains(where: { $0.bootOrder == order }) {
            let reason = "VM \(vm.name) has a disk with boot order \(order)."
            return refusals + [.cannot(action, "VM_DISK_BOOT_ORDER_IN_USE", reason)]
        }
        guard DeviceAddress.free(for: wish.interface, besides: try addresses(of: vmID)) != nil
        else {
            let reason = "VM \(vm.name) has no free address for another device of this kind."
            return refusals + [.cannot(action, "EXCEEDED_MAX_DEVICES", reason)]
        }
        return refusals
    }

    /// Attaches a disk at the next free address.
    func attach(_ disk: Disk.ID, to vm: VirtualMachine.ID, _ wish: AttachmentWish) throws {
        guard
            let address = DeviceAddress.free(for: wish.interface, besides: try addresses(of: vm))
        else { preconditionFailure("validated to have a free address") }
        try DiskAttachment(
            vmID: vm,
            diskID: disk,
            interface: wish.interface,
            bootOrder: wish.bootOrder,
            isReadOnly: wish.isReadOnly,
            isPlugged: wish.isPlugged,
            address: address
        ).insert(database)
    }
}

/// Attaches a disk that several VMs may have to one more of them.
package struct AttachDisk: Command {
    package let diskID: Disk.ID
    package let vmID: VirtualMachine.ID
    package let wish: AttachmentWish

    package init(diskID: Disk.ID, vmID: VirtualMachine.ID, wish: AttachmentWish = .init()) {
        (self.diskID, self.vmID, self.wish) = (diskID, vmID, wish)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals =
            try context.attachRefusals(vmID, wish, for: "attach disk")
            + context.permission(.attachDisk, on: .disk(diskID))
        guard let disk = try context.disk(diskID) else { return refusals + [.noDisk(diskID)] }
        let owners = try context.attachments(of: diskID)
        guard !owners.contains(where: { $0.vmID == vmID }) else {
            let reason = "The VM has it already."
            return refusals + [.cannot("attach disk", "DISK_ALREADY_ATTACHED", reason)]
        }
        guard !owners.isEmpty, !disk.isShared else { return refusals }
        let reason = "Disk \(disk.alias) is not shareable, and another VM has it."
        return refusals + [.cannot("attach disk", "NOT_SHAREABLE_DISK_ALREADY_ATTACHED", reason)]
    }

    package func run(_ context: CommandContext) throws {
        try context.attach(diskID, to: vmID, wish)
    }
}

/// Takes a disk from a VM; the disk stays, and any VM may be given it.
package struct DetachDisk: Command {
    package let diskID: Disk.ID
    package let vmID: VirtualMachine.ID

    package init(diskID: Disk.ID, vmID: VirtualMachine.ID) {
        (self.diskID, self.vmID) = (diskID, vmID)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.configureVMStorage, on: .vm(vmID))
        guard let vm = try context.vm(vmID) else { return refusals + [.noVM(vmID)] }
        if vm.status == .imageLocked { return refusals + [.vmLocked("detach disk")] }
        guard let attachment = try context.attachment(of: diskID, to: vmID) else {
            return refusals + [.notFound("disk of the VM", diskID.rawValue)]
        }
        let foreign = attachment.isPlugged ? context.foreignRefusals(vm, for: "detach disk") : []
        guard foreign.isEmpty else { return refusals + foreign }
        guard vm.status == .up, attachment.isPlugged else { return refusals }
        let reason = "The guest of VM \(vm.name) uses the disk. Please unplug it first."
        return refusals + [.cannot("detach disk", "DISK_IS_ACTIVE", reason)]
    }

    package func run(_ context: CommandContext) throws {
        try context.attachment(of: diskID, to: vmID)?.delete(context.database)
    }
}

extension CommandContext {
    /// How a VM has a disk; nil when it has not.
    func attachment(of disk: Disk.ID, to vm: VirtualMachine.ID) throws -> DiskAttachment? {
        try attachments(of: vm).first { $0.diskID == disk }
    }
}

/// Shows a disk to a VM's guest, or takes it out of its sight; its address stays.
package struct PlugDisk: Command {
    package let diskID: Disk.ID
    package let vmID: VirtualMachine.ID
    package let isPlugged: Bool

    package init(diskID: Disk.ID, vmID: VirtualMachine.ID, isPlugged: Bool) {
        (self.diskID, self.vmID, self.isPlugged) = (diskID, vmID, isPlugged)
    }

    var action: String { isPlugged ? "plug disk" : "unplug disk" }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.configureVMStorage, on: .vm(vmID))
        guard let vm = try context.vm(vmID) else { return refusals + [.noVM(vmID)] }
        if vm.status == .imageLocked { return refusals + [.vmLocked(action)] }
        let foreign = context.foreignRefusals(vm, for: action)
        guard foreign.isEmpty else { return refusals + foreign }
        if vm.status == .up {
            let reason = "VM \(vm.name) is running, and was not started by this engine."
            return refusals + [.cannot(action, "VM_IS_RUNNING", reason)]
        }
        guard try context.attachment(of: diskID, to: vmID) != nil else {
            return refusals + [.notFound("disk of the VM", diskID.rawValue)]
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws {
        guard var attachment = try context.attachment(of: diskID, to: vmID) else { return }
        attachment.isPlugged = isPlugged
        try attachment.update(context.database)
        try log(context)
    }

    func log(_ context: CommandContext) throws {
        guard let vm = try context.vm(vmID), let disk = try context.disk(diskID) else { return }
        let user = context.session.userName
        let event: Event.Kind =
            isPlugged
            ? .diskPlugged(disk: disk.alias, vm: vm.name, user: user)
            : .diskUnplugged(disk: disk.alias, vm: vm.name, user: user)
        try context.log(event, vm: vmID)
    }
}

extension Refusal {
    static func noDisk(_ id: Disk.ID) -> Refusal { .notFound("disk", id.rawValue) }
}
