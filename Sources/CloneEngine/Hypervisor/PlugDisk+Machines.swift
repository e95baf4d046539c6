// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension PlugDisk: MachineCommand {
    func validate(_ vm: VirtualMachine, _ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.configureVMStorage, on: .vm(vmID))
        if vm.status == .imageLocked { return refusals + [.vmLocked(action)] }
        guard let attachment = try context.attachment(of: diskID, to: vmID) else {
            return refusals + [.notFound("disk of the VM", diskID.rawValue)]
        }
        guard attachment.isPlugged == isPlugged || attachment.definition == nil else {
            return refusals
        }
        let reason = "The disk is \(isPlugged ? "plugged" : "unplugged") already."
        return refusals + [.cannot(action, "DISK_ALREADY_PLUGGED", reason)]
    }

    func perform(by hypervisor: any Hypervisor, in engine: Engine, as session: Session) throws {
        let attachment = try engine.store.read { database in
            try engine.context(database, session).attachment(of: diskID, to: vmID)
        }
        guard let definition = attachment?.definition else { return }
        // An unplugged disk is known only to the store: it has to be there before.
        if !isPlugged { try engine.change(as: session) { try run($0) } }
        do {
            try isPlugged
                ? hypervisor.plug(definition, into: vmID)
                : hypervisor.unplug(definition, from: vmID)
        } catch {
            if !isPlugged {
                let back = PlugDisk(diskID: diskID, vmID: vmID, isPlugged: true)
                try engine.change(as: session) { try back.run($0) }
            }
            throw error
        }
        if isPlugged { try engine.change(as: session) { try run($0) } }
    }

    func outcome(_ context: CommandContext) throws {
        guard try context.attachment(of: diskID, to: vmID)?.isPlugged != isPlugged else { return }
        let reason =
            "The guest has not let go of the disk yet; it is gone at its next start at the latest."
        throw EngineError(.cannot(action, "GUEST_KEEPS_DISK", reason))
    }
}
