// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Who may do what: with one object, or one user with all there is.
///
/// Everybody may see his own permissions, and those on VMs and other objects that he looks after.
package struct ListPermissions: Query {
    package var looksAtMachines: Bool { false }

    /// A permission, and what it is about by name.
    package struct Entry: Hashable, Sendable {
        package let permission: Permission
        /// Empty for the system, and for what has no name.
        package let objectName: String
    }

    /// Nil for all objects.
    package var object: ObjectReference?
    /// Nil for all users.
    package var userName: String?

    package init(on object: ObjectReference? = nil, of userName: String? = nil) {
        (self.object, self.userName) = (object, userName)
    }

    package func answer(_ context: CommandContext) throws -> Page<Entry> {
        let visibility = try Visibility(context)
        if let object, try !context.isVisible(object, visibility) {
            throw EngineError(.notFound(object.noun, object.id))
        }
        var filter = visibility.permissions
        if let object {
            filter += " AND objectKind = \(object.kind) AND objectID = \(object.id)"
        }
        if let userName { filter += " AND userName = \(userName)" }
        let rows = try SQLRequest<Row>(
            literal: """
                SELECT *, \(ListPermissions.name) AS objectName FROM permission WHERE \(filter)
                ORDER BY userName, objectKind, objectName, objectID, role
                """
        ).fetchAll(context.database)
        let entries = try rows.map {
            Entry(permission: try Permission(row: $0), objectName: $0["objectName"])
        }
        return Page(entries, of: entries.count)
    }

    private static var name: SQL {
        SQL(
            sql: """
                coalesce(CASE objectKind
                    WHEN 'vm' THEN (SELECT name FROM virtualMachine WHERE id = objectID)
                    WHEN 'disk' THEN (SELECT alias FROM disk WHERE id = objectID)
                    WHEN 'storage_domain' THEN (SELECT name FROM storageDomain WHERE id = objectID)
                END, '')
                """
        )
    }
}

extension CommandContext {
    fileprivate func isVisible(_ object: ObjectReference, _ visibility: Visibility) throws -> Bool {
        switch object.kind {
        case .system: true
        case .vm: try isVisible("virtualMachine", object.id, visibility.vms("id"))
        case .disk: try isVisible("disk", object.id, visibility.disks("id"))
        case .storageDomain: try isVisible("storageDomain", object.id, visibility.domains("id"))
        case .snapshot: try isVisible("snapshot", object.id, visibility.snapshots("id"))
        case .volume: false
        }
    }
}
