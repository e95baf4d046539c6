// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What one user may do with one object and all that belongs to it.
package struct Permission: Codable, Hashable, Sendable {
    /// A set of actions that goes by a name.
    package enum Role: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case superUser = "SuperUser"
        case vmOwner = "UserVmManager"
        case vmCreator = "VmCreator"
        case diskCreator = "DiskCreator"

        /// What who has the role may do.
        package var actions: Set<Action> {
            switch self {
            case .superUser: Set(Action.allCases)
            case .vmOwner: [.createVM, .editVM, .deleteVM, .manageSnapshots, .readVM]
            case .vmCreator: [.createVM]
            case .diskCreator: [.createDisk]
            }
        }
    }

    /// What can be allowed.
    package enum Action: String, Codable, Sendable, CaseIterable {
        case createVM, editVM, deleteVM, readVM, manageSnapshots, createDisk, manageStorage,
            managePermissions
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
