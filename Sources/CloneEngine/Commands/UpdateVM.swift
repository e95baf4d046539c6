// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Changes what a person sets of a VM; what is nil stays.
package struct UpdateVM: Command {
    package let id: VirtualMachine.ID
    package var name: String?
    package var description: String?
    package var memoryBytes: UInt64?
    package var processor: VirtualMachine.Processor?

    package init(id: VirtualMachine.ID) { self.id = id }

    private var action: String { "edit VM" }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        guard let vm = try context.vm(id) else { return [.noVM(id)] }
        var refusals = try context.permission(.editVM, on: .vm(id))
        refusals += try context.lockRefusals(of: vm, for: action)
        if let name, name != vm.name { refusals += try context.nameRefusals(name, for: action) }
        let details = details(of: vm)
        refusals += NameRules.refusals(description: details.description, for: action)
        refusals += details.refusals(for: action)
        guard vm.status == .up, details.hardware != vm.details.hardware else { return refusals }
        let reason = "Memory and processors of a running VM stay as they are."
        return refusals + [.cannot(action, "VM_IS_RUNNING", reason)]
    }

    package func run(_ context: CommandContext) throws -> VirtualMachine {
        guard var vm = try context.vm(id) else { throw EngineError(.noVM(id)) }
        vm.name = name ?? vm.name
        vm.details = details(of: vm)
        try vm.update(context.database)
        return vm
    }

    private func details(of vm: VirtualMachine) -> VirtualMachine.Details {
        var details = vm.details
        details.description = description ?? details.description
        details.memoryBytes = memoryBytes ?? details.memoryBytes
        details.processor = processor ?? details.processor
        return details
    }
}

extension VirtualMachine.Details {
    /// What a guest notices.
    fileprivate var hardware: VirtualMachine.Details {
        var hardware = self
        hardware.description = ""
        return hardware
    }
}
