// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What a session may see, as conditions of SQL on a column with ids.
struct Visibility {
    private let userName: String
    /// What its user may do with all there is.
    private let systemActions: Set<Permission.Action>

    init(_ context: CommandContext) throws {
        userName = context.session.userName
        let isFiltered = context.session.isFiltered
        let roles = try context.roles(on: .system).filter { !isFiltered || !$0.isAdministrative }
        systemActions = roles.reduce(into: []) { $0.formUnion($1.actions) }
    }

    private static let everything = SQL(sql: "TRUE")

    /// VMs that the user has a role on which lets him look.
    func vms(_ column: String) -> SQL { granted(.vm, .readVM, column) }

    /// Snapshots of visible VMs.
    func snapshots(_ column: String) -> SQL {
        guard !systemActions.contains(.readVM) else { return Visibility.everything }
        return "\(sql: column) IN (SELECT id FROM snapshot WHERE \(vms("vmID")))"
    }

    /// Disks that he has a role on, those of visible VMs and their snapshots, and those in domains
    /// that he looks after.
    func disks(_ column: String) -> SQL {
        guard !systemActions.contains(.readDisk) else { return Visibility.everything }
        return """
            (\(granted(.disk, .readDisk, column)) OR \(sql: column) IN (
                SELECT diskID FROM diskAttachment WHERE \(vms("vmID"))
                UNION SELECT diskID FROM snapshotVolume
                    WHERE snapshotID IN (SELECT id FROM snapshot WHERE \(vms("vmID")))
                UNION SELECT diskID FROM volume
                    WHERE \(granted(.storageDomain, .readDisk, "domainID"))
            ))
            """
    }

    /// Domains that he may use or look after, and those that visible disks are in.
    func domains(_ column: String) -> SQL {
        guard systemActions.isDisjoint(with: [.createDisk, .readStorage]) else {
            return Visibility.everything
        }
        return """
            (\(granted(.storageDomain, .createDisk, column))
                OR \(granted(.storageDomain, .readStorage, column))
                OR \(sql: column) IN (SELECT domainID FROM volume WHERE \(disks("diskID"))))
            """
    }

    /// His own jobs, and those of visible VMs; for a condition on the job's row.
    var jobs: SQL { "(job.userName = \(userName) OR \(vms("job.vmID")))" }

    /// Events that he is the cause of, and those of visible VMs; for a condition on the event's row.
    var events: SQL { "(event.userName = \(userName) OR \(vms("event.vmID")))" }

    /// Himself, or all for who looks after them; for a condition on the account's row.
    var accounts: SQL {
        guard systemActions.isDisjoint(with: [.manageUsers, .readUsers]) else {
            return Visibility.everything
        }
        return "account.name = \(userName)"
    }

    /// His own permissions, those on VMs that he manages, and all for who looks after users; for a
    /// condition on the permission's row.
    var permissions: SQL {
        guard systemActions.isDisjoint(with: [.manageUsers, .readUsers]) else {
            return Visibility.everything
        }
        let managed = granted(.vm, .managePermissions, "objectID")
        return "(userName = \(userName) OR (objectKind = 'vm' AND \(managed)))"
    }

    private func granted(
        _ kind: ObjectReference.Kind,
        _ action: Permission.Action,
        _ column: String
    ) -> SQL {
        guard !systemActions.contains(action) else { return Visibility.everything }
        let roles = Permission.Role.allCases.filter { $0.actions.contains(action) }
        return """
            \(sql: column) IN (SELECT objectID FROM permission WHERE userName = \(userName)
                AND objectKind = \(kind) AND role IN \(roles))
            """
    }
}

extension CommandContext {
    /// Whether a row is there and its condition holds.
    func isVisible<ID: DatabaseValueConvertible>(
        _ table: String,
        _ id: ID,
        _ condition: SQL
    ) throws -> Bool {
        let request: SQLRequest<Bool> =
            "SELECT EXISTS (SELECT 1 FROM \(sql: table) WHERE id = \(id) AND \(condition))"
        return try request.fetchOne(database) ?? false
    }

    /// A VM that the session may see.
    ///
    /// - Throws: `EngineError` that there is none, whether or not there is one for others.
    func visibleVM(_ id: VirtualMachine.ID) throws -> VirtualMachine {
        guard let vm = try vm(id),
            try isVisible("virtualMachine", id, Visibility(self).vms("id"))
        else { throw EngineError(.noVM(id)) }
        return vm
    }
}
