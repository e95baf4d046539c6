// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension Engine {
    /// Makes the store say what the hypervisor says, unless that was done a moment ago.
    ///
    /// - Returns: what the hypervisor has; nil without one.
    /// - Throws: `EngineError` when it does not answer.
    @discardableResult
    func look(maximumAge: Duration) throws(EngineError) -> Inventory? {
        guard let outlook else { return nil }
        if let inventory = outlook.inventory(maximumAge: maximumAge) { return inventory }
        let time = ContinuousClock.now
        let inventory = try outlook.hypervisor.inventory()
        do {
            try mirror(inventory, of: outlook.hypervisor.name)
        } catch { throw EngineError(failure: error) }
        outlook.remember(inventory, at: time)
        return inventory
    }

    private func mirror(_ inventory: Inventory, of hypervisor: String) throws {
        let survey = Survey(of: inventory)
        func changes(_ context: CommandContext) throws -> [(CommandContext) throws -> Void] {
            let mirror = Mirror(inventory, survey, of: hypervisor, context)
            try mirror.compare()
            return mirror.changes
        }
        // Mostly nothing has changed, and readers do not wait for each other.
        guard try !store.read({ try changes(context($0, Session())).isEmpty }) else { return }
        try change(as: Session()) { context in
            for change in try changes(context) { try change(context) }
        }
    }

    /// The VM's name and the hypervisor, for a VM that the hypervisor has defined.
    func machine(_ id: VirtualMachine.ID) throws -> VirtualMachine? {
        guard let name = outlook?.hypervisor.name else { return nil }
        let vm = try store.read { try VirtualMachine.fetchOne($0, key: id) }
        return vm?.hypervisor == name ? vm : nil
    }
}
