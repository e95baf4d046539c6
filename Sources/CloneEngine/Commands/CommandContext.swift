// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// What a command or a query works with: one transaction, and who asks.
package final class CommandContext {
    let database: Database
    let session: Session
    /// The time of all that happens in the transaction.
    let now = Date()
    /// Files that go when the transaction does not come to its end.
    private(set) var madeFiles: [String] = []
    /// Files that go once the transaction has come to its end.
    private(set) var removedFiles: [String] = []
    private let notes: FileNotes?
    /// The name of the hypervisor that the engine is connected to.
    let hypervisor: String?
    /// Clones that are started are gone on with after a crash.
    let resumesJobs: Bool

    init(
        _ database: Database,
        _ session: Session,
        _ notes: FileNotes? = nil,
        hypervisor: String? = nil,
        resumesJobs: Bool = false
    ) {
        (self.database, self.session, self.notes) = (database, session, notes)
        (self.hypervisor, self.resumesJobs) = (hypervisor, resumesJobs)
    }

    /// Says that a file is about to be made, which goes when the transaction does not come to its end.
    func willMake(_ path: String) throws {
        try notes?.add(path)
        madeFiles.append(path)
    }

    /// Says that a file belongs to nothing once the transaction has come to its end.
    func willRemove(_ path: String) throws {
        try notes?.add(path)
        removedFiles.append(path)
    }

    /// Stores an event.
    func log(_ kind: Event.Kind, vm: VirtualMachine.ID? = nil, job: Job.ID? = nil) throws {
        var event = Event(
            kind,
            time: now,
            correlationID: session.correlationID,
            userName: session.userName,
            vmID: vm,
            jobID: job
        )
        try event.insert(database)
    }

    /// The job that holds a lock which excludes locking some objects in a mode; nil when none does.
    func conflict(with objects: [ObjectReference], _ mode: Lock.Mode) throws -> Job? {
        for object in objects {
            let locks =
                try Lock
                .filter(Column("objectKind") == object.kind && Column("objectID") == object.id)
                .fetchAll(database)
            let other = locks.first { mode == .exclusive || $0.mode == .exclusive }
            if let other { return try Job.fetchOne(database, key: other.jobID) }
        }
        return nil
    }
}
