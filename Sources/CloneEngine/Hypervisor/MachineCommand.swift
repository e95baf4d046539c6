// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A command that the hypervisor does where it has defined the VM.
protocol MachineCommand: Command {
    var vmID: VirtualMachine.ID { get }

    /// What speaks against it where the hypervisor does it.
    func validate(_ vm: VirtualMachine, _ context: CommandContext) throws -> [Refusal]

    /// Has it done; the engine looks at what has come of it afterwards.
    func perform(by hypervisor: any Hypervisor, in engine: Engine, as session: Session) throws

    /// What there is when it is done.
    func outcome(_ context: CommandContext) throws -> Outcome
}

extension MachineCommand where Outcome == Void {
    func outcome(_ context: CommandContext) {}
}

extension Engine {
    /// Has the hypervisor do a command that is about one of its VMs; nil for any other.
    func performed<C: Command>(_ command: C, as session: Session) throws -> C.Outcome? {
        guard let outlook, let command = command as? any MachineCommand,
            let vm = try machine(command.vmID)
        else { return nil }
        let hypervisor = outlook.hypervisor
        return try perform(command, on: vm, by: hypervisor, as: session) as? C.Outcome
    }

    private func perform<C: MachineCommand>(
        _ command: C,
        on vm: VirtualMachine,
        by hypervisor: any Hypervisor,
        as session: Session
    ) throws -> C.Outcome {
        let refusals = try store.read { try command.validate(vm, context($0, session)) }
        guard refusals.isEmpty else { throw EngineError(refusals) }
        try command.perform(by: hypervisor, in: self, as: session)
        try look(maximumAge: LookAge.change)
        return try store.read { try command.outcome(context($0, session)) }
    }
}

extension CommandContext {
    /// Refuses to change a VM that a hypervisor has defined, by other means than its own.
    func foreignRefusals(_ vm: VirtualMachine, for action: String) -> [Refusal] {
        guard let hypervisor = vm.hypervisor else { return [] }
        guard hypervisor == self.hypervisor else { return [.notConnected(action, vm, hypervisor)] }
        let reason = "VM \(vm.name) is defined by \(hypervisor): please change it there."
        return [.cannot(action, "VM_IS_FOREIGN", reason)]
    }

    /// Refuses what needs the hypervisor that has defined a VM, without a connection to it.
    func connectionRefusals(_ vm: VirtualMachine, for action: String) -> [Refusal] {
        guard let hypervisor = vm.hypervisor, hypervisor != self.hypervisor else { return [] }
        return [.notConnected(action, vm, hypervisor)]
    }
}

extension Refusal {
    fileprivate static func notConnected(
        _ action: String,
        _ vm: VirtualMachine,
        _ hypervisor: String
    ) -> Refusal {
        let reason = "VM \(vm.name) is defined by \(hypervisor): please connect to it."
        return .cannot(action, "NOT_CONNECTED", reason)
    }
}
