// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A VM's snapshots without their configurations, the oldest first and its present state last.
package struct ListSnapshots: Query {
    package let vmID: VirtualMachine.ID
    package let options: ListingOptions

    package init(vmID: VirtualMachine.ID, _ options: ListingOptions = .init()) {
        (self.vmID, self.options) = (vmID, options)
    }

    package func answer(_ context: CommandContext) throws -> Page<Snapshot> {
        _ = try context.visibleVM(vmID)
        return try context.page(of: ListSnapshots.table, options, where: "vmID = \(vmID)")
    }

    private static let table = ListingTable(
        name: "snapshot",
        fields: [
            SearchField("description", "name", column: "snapshot.description", isFreeText: true),
            SearchField("id", column: "snapshot.id"),
            SearchField("type", column: "snapshot.kind"),
            SearchField("date", "creationdate", kind: .time, column: "snapshot.createdAt"),
        ],
        order: "snapshot.kind = 'active', snapshot.createdAt, snapshot.rowid",
        columns: "id, vmID, kind, description, createdAt"
    )
}

extension CommandContext {
    /// A VM's snapshots without their configurations, the oldest first and the present state last.
    func snapshots(of vm: VirtualMachine.ID) throws -> [Snapshot] {
        try ListSnapshots(vmID: vm).answer(self).entries
    }
}
