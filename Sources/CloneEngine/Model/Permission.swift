// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What one user may do with one object and all that belongs to it.
package struct Permission: Codable, Hashable, Sendable {
    /// What can be allowed.
    package enum Action: String, Codable, Sendable, CaseIterable {
        case createVM, readVM, editVM, runVM, deleteVM
        /// Attaching disks to a VM and detaching them, plugging and unplugging them.
        case configureVMStorage
        case manageSnapshots
        case createDisk, readDisk, editDisk, attachDisk, deleteDisk
        case readStorage, manageStorage
        /// Giving others what one may do oneself, and taking it back.
        case managePermissions
        case readUsers, manageUsers
    }

    package let userName: String
    package let role: Role
    package let object: ObjectReference

    package init(userName: String, role: Role, object: ObjectReference) {
        (self.userName, self.role, self.object) = (userName, role, object)
    }
}

extension Permission: FetchableRecord, PersistableRecord {
    static let databaseTableName = "permission"

    init(row: Row) throws {
        (userName, role) = (row["userName"], row["role"])
        object = ObjectReference(kind: row["objectKind"], id: row["objectID"])
    }

    func encode(to container: inout PersistenceContainer) throws {
        container["userName"] = userName
        container["role"] = role
        container["objectKind"] = object.kind
        container["objectID"] = object.id
    }
}
