// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// Work that takes a while.
struct JobDocument: TableRow {
    /// One disk's part.
    struct Step: TableRow {
        let description: String
        /// `started`, `finished`, `failed` or `aborted`.
        let status: String
        let copiedBytes: UInt64
        let totalBytes: UInt64
        /// Left out before it is its turn.
        let startedAt: Date?
        let endedAt: Date?
    }

    let id: String
    let description: String
    /// `started`, `finished`, `failed` or `aborted`.
    let status: String
    /// True when somebody has asked it to stop.
    let isCancelled: Bool
    let userName: String
    let correlationID: String
    let startedAt: Date
    let endedAt: Date?
    /// Why it failed.
    let failure: String?
    let steps: [Step]
    /// The VM that a clone makes.
    let vmID: String?

    init(_ entry: ListJobs.Entry) {
        let job = entry.job
        (id, description, status) = (job.id.rawValue, job.description, job.status.rawValue)
        (isCancelled, userName) = (job.isCancelled, job.userName)
        (correlationID, startedAt) = (job.correlationID, job.startedAt)
        (endedAt, failure, steps) = (job.endedAt, job.failure, entry.steps.map(Step.init))
        if case .clone(let work) = job.work { vmID = work.vmID.rawValue } else { vmID = nil }
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("STATUS", \.status),
        .number("DONE", \.percentage), Column("STARTED") { local($0.startedAt) },
        .number("TIME") { duration(($0.endedAt ?? Date()).timeIntervalSince($0.startedAt)) },
        Column("DESCRIPTION", \.description),
    ]

    private var percentage: String {
        if status == "finished" { return "100%" }
        let total = steps.reduce(0) { $0 + $1.totalBytes }
        let copied = steps.reduce(0) { $0 + min($1.copiedBytes, $1.totalBytes) }
        return total == 0 ? "-" : "\(Int(Double(copied) / Double(total) * 100))%"
    }

    /// All of it for people.
    var page: String {
        let head = facts([
            ("job", description), ("id", id), ("status", status), ("user", userName),
            ("started", local(startedAt)), ("ended", endedAt.map(local) ?? ""),
            ("failure", failure ?? ""),
        ])
        return [head, section("Steps", steps)].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

extension JobDocument.Step {
    init(_ step: JobStep) {
        (description, status) = (step.description, step.status.rawValue)
        (copiedBytes, totalBytes) = (step.copiedBytes, step.totalBytes)
        (startedAt, endedAt) = (step.startedAt, step.endedAt)
    }

    static let columns: [Column<Self>] = [
        Column("STATUS", \.status), .number("COPIED") { size($0.copiedBytes) },
        .number("OF") { size($0.totalBytes) }, Column("DESCRIPTION", \.description),
    ]
}
