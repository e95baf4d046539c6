// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Engine {
    /// Starts a VM.
    ///
    /// - Throws: `EngineError`; there is one for an engine that has nothing to run VMs with.
    package func start(vm id: VirtualMachine.ID, as session: Session) async throws(EngineError) {
        throw try refusal(to: "run VM", id, session)
    }

    /// Stops a VM, as its power button does or, by force, as pulling its plug does.
    ///
    /// - Throws: `EngineError`; there is one for an engine that has nothing to run VMs with.
    package func stop(
        vm id: VirtualMachine.ID,
        isForced: Bool = false,
        as session: Session
    ) async throws(EngineError) {
        throw try refusal(to: "stop VM", id, session)
    }

    private func refusal(
        to action: String,
        _ id: VirtualMachine.ID,
        _ session: Session
    ) throws(EngineError) -> EngineError {
        _ = try answer(ShowVM(id: id), as: session)
        return EngineError(
            .cannot(
                action,
                "NO_HYPERVISOR",
                "There is no hypervisor: this engine keeps VMs, and runs none."
            )
        )
    }
}
