// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension RemoveVM: MachineCommand {
    var vmID: VirtualMachine.ID { id }

    func validate(_ vm: VirtualMachine, _ context: CommandContext) throws -> [Refusal] {
        let refusals = try validate(context)
        guard try context.snapshots(of: id).count > 1 else { return refusals }
        let reason = "VM \(vm.name) has snapshots."
        return refusals + [.cannot("remove VM", "VM_HAS_SNAPSHOTS", reason)]
    }

    /// Only the files that this engine has made go; it knows which these are.
    func perform(by hypervisor: any Hypervisor, in engine: Engine, as session: Session) throws {
        try hypervisor.undefine(id, keepsFirmwareState: false)
        try engine.change(as: session) { context in
            guard let vm = try context.vm(id) else { return }
            for disk in try context.attachments(of: id).map(\.diskID)
            where try context.attachments(of: disk).count == 1 {
                try context.volumes(of: disk).forEach(context.remove(fileOf:))
            }
            try vm.delete(context.database)
            try context.removePermissions(on: .vm(id))
            try context.log(.vmRemoved(vm: vm.name, user: session.userName), vm: id)
        }
    }
}
