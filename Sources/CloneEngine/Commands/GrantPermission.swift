// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Gives a user a role, or takes it back.
///
/// Nobody can give what he may not do himself.
package struct GrantPermission: Command {
    package var looksAtMachines: Bool { false }

    package let permission: Permission
    package let isGranted: Bool

    package init(_ permission: Permission, isGranted: Bool = true) {
        (self.permission, self.isGranted) = (permission, isGranted)
    }

    private var action: String { isGranted ? "add Permission" : "remove Permission" }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let object = permission.object
        var refusals = try context.permission(.managePermissions, on: object)
        if refusals.isEmpty {
            for action in permission.role.actions where refusals.isEmpty {
                refusals += try context.permission(action, on: object)
            }
        }
        guard [.system, .vm, .disk, .storageDomain].contains(object.kind) else {
            let reason = "Permissions are for the system, storage domains, VMs and disks."
            return [.cannot(action, "PERMISSION_INVALID", .badRequest, reason)]
        }
        guard try context.exists(object) else {
            return refusals + [.notFound(object.noun, object.id)]
        }
        return try refusals + (isGranted ? grantRefusals(context) : revokeRefusals(context))
    }

    /// A role for nobody would be that of whoever takes the name later.
    private func grantRefusals(_ context: CommandContext) throws -> [Refusal] {
        let name = permission.userName
        guard try name != Session.administrator && context.account(named: name) == nil else {
            return []
        }
        return [.notFound("user", name)]
    }

    private func revokeRefusals(_ context: CommandContext) throws -> [Refusal] {
        guard try permission.exists(context.database) else {
            let reason = "User \(permission.userName) does not have this role there."
            return [.cannot(action, "PERMISSION_NOT_FOUND", .notFound, reason)]
        }
        guard permission == .localAdministrator else { return [] }
        let reason = "The command line acts as \(Session.administrator), who keeps this role."
        return [.cannot(action, "ADMINISTRATOR_ROLE", reason)]
    }

    package func run(_ context: CommandContext) throws {
        let object = permission.object
        let name = try context.name(of: object)
        let user = context.session.userName
        let event: Event.Kind
        if isGranted {
            try permission.upsert(context.database)
            event = .permissionGranted(permission, on: name, user: user)
        } else {
            try permission.delete(context.database)
            event = .permissionRevoked(permission, on: name, user: user)
        }
        let vmID = object.kind == .vm ? VirtualMachine.ID(rawValue: object.id) : nil
        try context.log(event, vm: vmID)
    }
}

extension Permission {
    /// Without it nobody could repair anything.
    fileprivate static let localAdministrator = Permission(
        userName: Session.administrator,
        role: .superUser,
        object: .system
    )
}

extension ObjectReference {
    /// What it is, for messages.
    package var noun: String {
        kind.rawValue == "vm" ? "VM" : kind.rawValue.replacing("_", with: " ")
    }

    /// The table that has it; nil for the system.
    fileprivate var table: String? {
        switch kind {
        case .system: nil
        case .storageDomain: "storageDomain"
        case .vm: "virtualMachine"
        case .disk, .volume, .snapshot: kind.rawValue
        }
    }
}

extension CommandContext {
    /// What an object is and is called, for people.
    fileprivate func name(of object: ObjectReference) throws -> String {
        guard let table = object.table else { return "all there is" }
        let column = object.kind == .disk ? "alias" : "name"
        let request: SQLRequest<String> =
            "SELECT \(sql: column) FROM \(sql: table) WHERE id = \(object.id)"
        return "\(object.noun) \(try request.fetchOne(database) ?? object.id)"
    }

    fileprivate func exists(_ object: ObjectReference) throws -> Bool {
        guard let table = object.table else { return object.id.isEmpty }
        return try isVisible(table, object.id, SQL(sql: "TRUE"))
    }
}
