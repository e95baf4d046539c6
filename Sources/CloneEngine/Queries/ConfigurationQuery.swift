// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A VM as it was at a snapshot: oVirt's query of the same name.
package struct GetVmConfigurationBySnapshot: Query {
    package let snapshotID: Snapshot.ID

    package init(snapshotID: Snapshot.ID) { self.snapshotID = snapshotID }

    /// The configuration that was kept; the VM's present one for the row of its present state.
    package func answer(_ context: CommandContext) throws -> VMConfiguration {
        guard let snapshot = try context.snapshot(snapshotID),
            let vm = try context.vm(snapshot.vmID),
            try context.isVisible("virtualMachine", vm.id, Visibility(context).vms("id"))
        else { throw EngineError(.notFound("snapshot", snapshotID.rawValue)) }
        return try context.configuration(at: snapshot) ?? context.configuration(of: vm)
    }
}

extension CommandContext {
    /// The configuration that a snapshot has kept; nil for the present state.
    func configuration(at snapshot: Snapshot) throws -> VMConfiguration? {
        try snapshot.configuration.map { try VMConfiguration(ovf: $0) }
    }
}
