// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What one user may do, and with what.
struct PermissionDocument: TableRow {
    let user: String
    let role: String
    /// `system`, `storage_domain`, `vm` or `disk`.
    let objectKind: String
    let objectID: String?
    let objectName: String?

    init(_ entry: ListPermissions.Entry) {
        let object = entry.permission.object
        (user, role) = (entry.permission.userName, entry.permission.role.rawValue)
        objectKind = object.kind.rawValue
        objectID = object.id.isEmpty ? nil : object.id
        objectName = entry.objectName.isEmpty ? nil : entry.objectName
    }

    static let columns: [Column<Self>] = [
        Column("USER", \.user), Column("ROLE", \.role), Column("ON", \.objectKind),
        Column("NAME") { $0.objectName ?? "" },
        Column("ID") { String(($0.objectID ?? "").prefix(8)) },
    ]
}
