// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Gives a user a role, or takes it back.
package struct GrantPermission: Command {
    package let permission: Permission
    package let isGranted: Bool

    package init(_ permission: Permission, isGranted: Bool = true) {
        (self.permission, self.isGranted) = (permission, isGranted)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        try context.permission(.managePermissions, on: permission.object)
    }

    package func run(_ context: CommandContext) throws {
        if isGranted {
            try permission.upsert(context.database)
        } else {
            try permission.delete(context.database)
        }
    }
}
