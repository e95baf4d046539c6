// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Whether the session's user may do something with an object: so that nobody is offered what he
/// would be refused.
package struct IsAllowed: Query {
    package let action: Permission.Action
    package let object: ObjectReference

    package init(_ action: Permission.Action, on object: ObjectReference) {
        (self.action, self.object) = (action, object)
    }

    package func answer(_ context: CommandContext) throws -> Bool {
        try context.permission(action, on: object).isEmpty
    }
}
