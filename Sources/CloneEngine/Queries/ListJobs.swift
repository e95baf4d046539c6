// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Jobs of the session's user and of VMs that it may see, the newest first.
package struct ListJobs: Query {
    package var looksAtMachines: Bool { false }

    package struct Entry: Hashable, Sendable {
        package let job: Job
        package let steps: [JobStep]
    }

    package let options: ListingOptions

    package init(_ options: ListingOptions) { self.options = options }

    package init(limit: Int = 100) { options = ListingOptions(maximum: limit) }

    package func answer(_ context: CommandContext) throws -> Page<Entry> {
        let visible = try Visibility(context).jobs
        let page: Page<Job> = try context.page(of: ListJobs.table, options, where: visible)
        let ids = try JSONList(page.map(\.id.rawValue))
        let steps = try SQLRequest<JobStep>(
            literal: """
                SELECT * FROM jobStep WHERE jobID IN (SELECT value FROM json_each(\(ids.text)))
                ORDER BY position
                """
        ).fetchAll(context.database)
        let ofJob = Dictionary(grouping: steps, by: \.jobID)
        let entries = page.map { Entry(job: $0, steps: ofJob[$0.id] ?? []) }
        return Page(entries, of: page.totalCount)
    }

    private static let table = ListingTable(
        name: "job",
        fields: [
            SearchField("description", column: "job.description", isFreeText: true),
            SearchField("id", column: "job.id"),
            SearchField("correlation_id", column: "job.correlationID"),
            SearchField("status", column: "job.status"),
            SearchField("owner", "user", column: "job.userName"),
            SearchField("start_time", kind: .time, column: "job.startedAt"),
            SearchField("end_time", kind: .time, column: "job.endedAt"),
            SearchField("vm", column: "virtualMachine.name", within: ofVM),
        ],
        order: "job.startedAt DESC, job.rowid DESC"
    )

    private static let ofVM = "job.vmID IN (SELECT id FROM virtualMachine WHERE @)"
}

/// A job with its steps.
package struct ShowJob: Query {
    package var looksAtMachines: Bool { false }

    package let id: Job.ID

    package init(id: Job.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> ListJobs.Entry {
        guard let job = try Job.fetchOne(context.database, key: id),
            try context.isVisible("job", id, Visibility(context).jobs)
        else { throw EngineError(.notFound("job", id.rawValue)) }
        return .init(job: job, steps: try JobStep.ofJob(id).fetchAll(context.database))
    }
}
