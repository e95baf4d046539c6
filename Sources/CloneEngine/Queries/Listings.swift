// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation
internal import GRDB

/// All storage domains, by name, with the space that each has.
package struct ListStorageDomains: Query {
    /// A domain, and how full it is.
    package struct Entry: Hashable, Sendable {
        package let domain: StorageDomain
        /// The bytes that are free; nil when the directory is not there.
        package let freeBytes: UInt64?
        package let volumeCount: Int
    }

    package init() {}

    package func answer(_ context: CommandContext) throws -> [Entry] {
        try StorageDomain.order(Column("name")).fetchAll(context.database).map { domain in
            let volumes = Volume.filter(Column("domainID") == domain.id)
            return Entry(
                domain: domain,
                freeBytes: try? Directory.freeBytes(in: domain.path),
                volumeCount: try volumes.fetchCount(context.database)
            )
        }
    }
}

/// The storage domains' names.
package struct StorageDomainNames: Query {
    package init() {}

    package func answer(_ context: CommandContext) throws -> [StorageDomain.ID: String] {
        let domains = try StorageDomain.fetchAll(context.database)
        return Dictionary(uniqueKeysWithValues: domains.map { ($0.id, $0.name) })
    }
}

/// VMs that a user may see, by name.
package struct ListVMs: Query {
    package init() {}

    package func answer(_ context: CommandContext) throws -> [VirtualMachine] {
        let all = try VirtualMachine.order(Column("name")).fetchAll(context.database)
        guard try !context.permission(.readVM, on: .system).isEmpty else { return all }
        return try all.filter { try context.permission(.readVM, on: .vm($0.id)).isEmpty }
    }
}

/// A VM with all that belongs to it, as it is now.
package struct ShowVM: Query {
    package struct Answer: Hashable, Sendable {
        package let vm: VirtualMachine
        package let configuration: VMConfiguration
        package let snapshots: [Snapshot]
    }

    package let id: VirtualMachine.ID

    package init(id: VirtualMachine.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> Answer {
        guard let vm = try context.vm(id) else { throw EngineError(.noVM(id)) }
        let refusals = try context.permission(.readVM, on: .vm(id))
        guard refusals.isEmpty else { throw EngineError(refusals) }
        return Answer(
            vm: vm,
            configuration: try context.configuration(of: vm),
            snapshots: try context.snapshots(of: id)
        )
    }
}

/// A VM's snapshots, the oldest first and its present state last.
package struct ListSnapshots: Query {
    package let vmID: VirtualMachine.ID

    package init(vmID: VirtualMachine.ID) { self.vmID = vmID }

    package func answer(_ context: CommandContext) throws -> [Snapshot] {
        guard try context.vm(vmID) != nil else { throw EngineError(.noVM(vmID)) }
        let refusals = try context.permission(.readVM, on: .vm(vmID))
        guard refusals.isEmpty else { throw EngineError(refusals) }
        return try context.snapshots(of: vmID)
    }
}

extension CommandContext {
    /// A VM's snapshots without their configurations, the oldest first and the present state last.
    func snapshots(of vm: VirtualMachine.ID) throws -> [Snapshot] {
        try Snapshot.fetchAll(
            database,
            sql: """
                SELECT id, vmID, kind, description, createdAt FROM snapshot WHERE vmID = ?
                ORDER BY kind = 'active', createdAt
                """,
            arguments: [vm]
        )
    }
}

/// All disks, by alias, each with its volumes, the lowest first.
package struct ListDisks: Query {
    package struct Entry: Hashable, Sendable {
        package let disk: Disk
        package let volumes: [Volume]
        /// The names of the VMs that have it attached.
        package let vmNames: [String]
    }

    package init() {}

    package func answer(_ context: CommandContext) throws -> [Entry] {
        try Disk.order(Column("alias")).fetchAll(context.database).map(context.entry)
    }
}

/// One disk with its volumes, the lowest first.
package struct ShowDisk: Query {
    package let id: Disk.ID

    package init(id: Disk.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> ListDisks.Entry {
        guard let disk = try context.disk(id) else { throw EngineError(.noDisk(id)) }
        return try context.entry(disk)
    }
}

extension CommandContext {
    fileprivate func entry(_ disk: Disk) throws -> ListDisks.Entry {
        let chain = try disk.activeVolumeID.map(chain) ?? []
        let vms = try attachments(of: disk.id).compactMap { try vm($0.vmID) }
        return ListDisks.Entry(
            disk: disk,
            volumes: chain.reversed(),
            vmNames: vms.map(\.name).sorted()
        )
    }
}

/// Jobs, the newest first.
package struct ListJobs: Query {
    package struct Entry: Hashable, Sendable {
        package let job: Job
        package let steps: [JobStep]
    }

    package let limit: Int

    package init(limit: Int = 100) { self.limit = limit }

    package func answer(_ context: CommandContext) throws -> [Entry] {
        let jobs = Job.order(Column("startedAt").desc).limit(limit)
        return try jobs.fetchAll(context.database).map { job in
            Entry(job: job, steps: try JobStep.ofJob(job.id).fetchAll(context.database))
        }
    }
}

/// A job with its steps.
package struct ShowJob: Query {
    package let id: Job.ID

    package init(id: Job.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> ListJobs.Entry {
        guard let job = try Job.fetchOne(context.database, key: id) else {
            throw EngineError(.notFound("job", id.rawValue))
        }
        return .init(job: job, steps: try JobStep.ofJob(id).fetchAll(context.database))
    }
}

/// Events after a place in their order, the oldest first.
package struct ListEvents: Query {
    package let after: Int64
    package let limit: Int
    /// The job that they belong to; nil for any or none.
    package var jobID: Job.ID?
    /// Where there are more than the limit: those at the end, not those at the beginning.
    package var isLatest = false

    package init(after: Int64 = 0, limit: Int = 1000) { (self.after, self.limit) = (after, limit) }

    package func answer(_ context: CommandContext) throws -> [Event] {
        var events = Event.filter(Column("id") > after)
        if let jobID { events = events.filter(Column("jobID") == jobID) }
        let order = isLatest ? Column("id").desc : Column("id").asc
        let found = try events.order(order).limit(limit).fetchAll(context.database)
        return isLatest ? found.reversed() : found
    }
}
