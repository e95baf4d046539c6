// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The snapshots of a VM that a job is about to remove.
package struct ListLockedSnapshots: Query {
    package let vmID: VirtualMachine.ID

    package init(vmID: VirtualMachine.ID) { self.vmID = vmID }

    package func answer(_ context: CommandContext) throws -> Set<Snapshot.ID> {
        _ = try context.visibleVM(vmID)
        let ids = try SQLRequest<String>(
            literal: """
                SELECT objectID FROM lock
                WHERE objectKind = 'snapshot' AND mode = 'exclusive'
                    AND objectID IN (SELECT id FROM snapshot WHERE vmID = \(vmID))
                """
        ).fetchAll(context.database)
        return Set(ids.map(Snapshot.ID.init(rawValue:)))
    }
}
