// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What a job holds so that nobody changes it meanwhile.
///
/// A row, not memory: it survives a crash, and goes when the job is finished or undone.
package struct Lock: Codable, Hashable, Sendable {
    package enum Mode: String, Codable, Sendable, DatabaseValueConvertible {
        case shared, exclusive
    }

    package let object: ObjectReference
    package let mode: Mode
    package let jobID: Job.ID

    package init(_ object: ObjectReference, _ mode: Mode, by jobID: Job.ID) {
        (self.object, self.mode, self.jobID) = (object, mode, jobID)
    }
}

/// Anything that can be locked, that permissions are about, or that an event tells of.
package struct ObjectReference: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case system
        case storageDomain = "storage_domain"
        case vm, disk, volume, snapshot
    }

    package let kind: Kind
    /// Empty for the system.
    package let id: String

    package static let system = ObjectReference(kind: .system, id: "")
    package static func domain(_ id: StorageDomain.ID) -> Self { Self(.storageDomain, id) }
    package static func vm(_ id: VirtualMachine.ID) -> Self { Self(.vm, id) }
    package static func disk(_ id: Disk.ID) -> Self { Self(.disk, id) }
    package static func volume(_ id: Volume.ID) -> Self { Self(.volume, id) }
    package static func snapshot(_ id: Snapshot.ID) -> Self { Self(.snapshot, id) }

    package init(kind: Kind, id: String) { (self.kind, self.id) = (kind, id) }

    private init<Of>(_ kind: Kind, _ id: Identifier<Of>) { self.init(kind: kind, id: id.rawValue) }
}

extension Lock: FetchableRecord, PersistableRecord {
    static let databaseTableName = "lock"

    init(row: Row) throws {
        object = ObjectReference(kind: row["objectKind"], id: row["objectID"])
        (mode, jobID) = (row["mode"], row["jobID"])
    }

    func encode(to container: inout PersistenceContainer) throws {
        container["objectKind"] = object.kind
        container["objectID"] = object.id
        container["mode"] = mode
        container["jobID"] = jobID
    }
}
