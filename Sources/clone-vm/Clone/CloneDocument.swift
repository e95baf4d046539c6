// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// A clone that is complete.
struct CloneDocument: Document {
    /// A disk that was copied.
    struct Disk: TableRow {
        let id: String
        let alias: String
        let domain: String
        let path: String
        /// `raw` or `cow`.
        let format: String
        /// `sparse` or `preallocated`.
        let allocation: String
        let capacityBytes: UInt64
        let copiedBytes: UInt64
        let seconds: Double
    }

    let status = "done"
    let jobID: String
    let vm: VMDocument
    let disks: [Disk]
    let warnings: [String]
    let seconds: Double

    /// All of it for people, but for the warnings.
    var page: String {
        let head = "VM \(vm.name) made in \(duration(seconds)): \(vm.id)"
        return disks.isEmpty ? head : head + "\n" + Table(disks).text
    }
}

extension CloneDocument.Disk {
    static let columns: [Column<Self>] = [
        Column("DISK", \.alias), Column("DOMAIN", \.domain),
        Column("FORMAT") { "\($0.format) \($0.allocation)" },
        .number("SIZE") { size($0.capacityBytes) }, .number("COPIED") { size($0.copiedBytes) },
        .number("TIME") { duration($0.seconds) },
    ]

    fileprivate init(_ copy: VolumeCopy, _ step: JobStep?, alias: String, domain: String) {
        let target = copy.target
        (id, self.alias, self.domain) = (target.diskID.rawValue, alias, domain)
        (path, capacityBytes) = (target.path, target.capacityBytes)
        (format, allocation) = (target.format.rawValue, target.allocation.rawValue)
        copiedBytes = step?.copiedBytes ?? 0
        seconds = step.map { JobStep.seconds($0.startedAt, $0.endedAt) } ?? 0
    }
}

extension JobStep {
    fileprivate static func seconds(_ start: Date?, _ end: Date?) -> Double {
        guard let start, let end else { return 0 }
        return (end.timeIntervalSince(start) * 1000).rounded() / 1000
    }
}

extension Client {
    /// Tells what a job that is finished has made; nothing where it has made no VM.
    func summarize(_ entry: ListJobs.Entry, isQuiet: Bool = false) throws {
        guard case .clone(let work) = entry.job.work else { return }
        let document = try document(of: work, entry)
        for warning in document.warnings { Output.complain("warning: \(warning)") }
        if isJSON || !isQuiet { show(document, document.page) }
    }

    private func document(
        of work: CloneWork,
        _ entry: ListJobs.Entry
    ) throws -> CloneDocument {
        let answer = try ask(ShowVM(id: work.vmID))
        let disks = answer.configuration.disks.map(\.disk)
        let domains = try domainNames()
        return CloneDocument(
            jobID: entry.job.id.rawValue,
            vm: VMDocument(answer.vm),
            disks: work.copies.map { copy in
                CloneDocument.Disk(
                    copy,
                    entry.steps.first { $0.id == copy.stepID },
                    alias: disks.first { $0.id == copy.target.diskID }?.alias ?? copy.diskAlias,
                    domain: copy.target.domainID.flatMap { domains[$0] } ?? "-"
                )
            },
            warnings: try warnings(of: entry.job.id),
            seconds: JobStep.seconds(entry.job.startedAt, entry.job.endedAt)
        )
    }

    private func warnings(of job: Job.ID) throws -> [String] {
        var query = ListEvents()
        query.jobID = job
        return try ask(query).filter { $0.severity == .warning }.map(\.message)
    }
}
