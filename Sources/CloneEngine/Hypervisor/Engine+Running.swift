// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension Engine {
    /// Starts a VM.
    ///
    /// - Throws: `EngineError`; there is one for an engine that has nothing to run VMs with.
    package func start(vm id: VirtualMachine.ID, as session: Session) async throws(EngineError) {
        try await run("run VM", id, session) { hypervisor, vm throws(EngineError) in
            try hypervisor.start(id)
            return .vmStarted(vm: vm.name, user: session.userName)
        }
    }

    /// Stops a VM, as its power button does or, by force, as pulling its plug does.
    ///
    /// - Throws: `EngineError`; there is one for an engine that has nothing to run VMs with.
    package func stop(
        vm id: VirtualMachine.ID,
        isForced: Bool = false,
        as session: Session
    ) async throws(EngineError) {
        try await run("stop VM", id, session) { hypervisor, vm throws(EngineError) in
            try hypervisor.stop(id, isForced: isForced)
            return .vmStopped(vm: vm.name, user: session.userName, isForced: isForced)
        }
    }

    /// Has the hypervisor do something with a VM, and tells of it; the caller's thread is not blocked.
    private func run(
        _ action: String,
        _ id: VirtualMachine.ID,
        _ session: Session,
        _ body:
            @escaping @Sendable (any Hypervisor, VirtualMachine) throws(EngineError) ->
            Event.Kind
    ) async throws(EngineError) {
        let failure = await WorkerThreads.runDetached { [self] () -> EngineError? in
            do {
                try look(maximumAge: LookAge.change)
                let (hypervisor, vm) = try hypervisor(of: id, for: action, as: session)
                let event = try body(hypervisor, vm)
                try tell(as: session) { try $0.log(event, vm: id) }
                try look(maximumAge: LookAge.change)
                return nil
            } catch { return EngineError(failure: error) }
        }
        if let failure { throw failure }
    }

    /// The hypervisor that runs a VM.
    ///
    /// - Throws: `EngineError` when there is none, or the user may not do anything with the VM.
    private func hypervisor(
        of id: VirtualMachine.ID,
        for action: String,
        as session: Session
    ) throws -> (any Hypervisor, VirtualMachine) {
        let (vm, refusals) = try store.read { database in
            let context = context(database, session)
            guard let vm = try context.vm(id) else { throw EngineError(.noVM(id)) }
            var refusals = try context.permission(.runVM, on: .vm(id))
            refusals += context.connectionRefusals(vm, for: action)
            if vm.status == .imageLocked { refusals.append(.vmLocked(action)) }
            return (vm, refusals)
        }
        guard refusals.isEmpty else { throw EngineError(refusals) }
        guard let outlook, vm.hypervisor != nil else { throw EngineError.noHypervisor(action) }
        return (outlook.hypervisor, vm)
    }
}

extension EngineError {
    fileprivate static func noHypervisor(_ action: String) -> EngineError {
        EngineError(
            .cannot(
                action,
                "NO_HYPERVISOR",
                "There is no hypervisor: this engine keeps VMs, and runs none."
            )
        )
    }
}
