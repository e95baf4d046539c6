// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension CommandContext {
    /// Refuses what the session's user may not do with any of some objects.
    ///
    /// A role on what an object belongs to is as good as one on the object: on a VM that has a disk
    /// attached, on the domain that a disk is in, and on all there is.
    func permission(
        _ action: Permission.Action,
        on objects: ObjectReference...
    ) throws -> [Refusal] {
        let isAllowed = try objects.allSatisfy { try may(action, on: $0) }
        return isAllowed ? [] : [.notAuthorized]
    }

    private func may(_ action: Permission.Action, on object: ObjectReference) throws -> Bool {
        let places = try [.system, object] + owners(of: object)
        return try places.contains { place in
            try roles(on: place).contains { $0.actions.contains(action) }
        }
    }

    private func owners(of object: ObjectReference) throws -> [ObjectReference] {
        guard object.kind == .disk else { return [] }
        let id = Disk.ID(rawValue: object.id)
        return try attachments(of: id).map { .vm($0.vmID) }
            + Set(volumes(of: id).compactMap(\.domainID)).map { .domain($0) }
    }

    /// Gives the session's user a role on what he has made, unless all there is is his to look after
    /// and he looks at it so.
    func give(_ role: Permission.Role, on object: ObjectReference) throws {
        let own = try roles(on: .system).reduce(into: Set()) { $0.formUnion($1.actions) }
        guard session.isFiltered || !own.isSuperset(of: role.actions) else { return }
        try Permission(userName: session.userName, role: role, object: object).upsert(database)
    }

    /// Forgets who might do what with an object that is going.
    func removePermissions(on object: ObjectReference) throws {
        try Permission
            .filter(Column("objectKind") == object.kind && Column("objectID") == object.id)
            .deleteAll(database)
    }

    /// The roles that the session's user has on exactly one object.
    func roles(on object: ObjectReference) throws -> [Permission.Role] {
        let mine = Permission.filter(
            Column("userName") == session.userName && Column("objectKind") == object.kind
                && Column("objectID") == object.id
        )
        return try mine.fetchAll(database).map(\.role)
    }
}
