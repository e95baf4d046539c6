// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A VM without what belongs to it.
package struct GetVM: Query {
    package let id: VirtualMachine.ID

    package init(_ id: VirtualMachine.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> VirtualMachine {
        try context.visibleVM(id)
    }
}
