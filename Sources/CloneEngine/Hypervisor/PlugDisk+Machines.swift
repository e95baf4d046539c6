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
        if isPlugged {
            try hypervisor.plug(definition, into: vmID)
        } else {
            try unplug(definition, by: hypervisor, in: engine, as: session)
        }
        try engine.tell(as: session, log)
    }

    /// An unplugged disk is known only to the store: who looks in between must not forget it.
    private func unplug(
        _ definition: String,
        by hypervisor: any Hypervisor,
        in engine: Engine,
        as session: Session
    ) throws {
        try engine.change(as: session) { try mark(isLeaving: true, $0) }
        do { try hypervisor.unplug(definition, from: vmID) } catch {
            try engine.change(as: session) { try mark(isLeaving: false, $0) }
            throw error
        }
    }

    private func mark(isLeaving: Bool, _ context: CommandContext) throws {
        guard var attachment = try context.attachment(of: diskID, to: vmID) else { return }
        attachment.isLeaving = isLeaving
        try attachment.update(context.database)
    }
}
