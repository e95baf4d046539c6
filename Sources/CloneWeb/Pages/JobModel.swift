// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// A job while it runs, and what has become of it.
struct JobModel: Sendable {
    struct Step: Sendable {
        let name: String
        let badge: Badge
        let meter: Meter
        let rate: String
    }

    let badge: Badge
    let total: Meter
    let facts: [Sheet.Facts.Fact]
    let failure: Sheet.Message?
    let steps: [Step]
    let vm: Link?
    let cancel: String?
    let isCancelled: Bool
    let events: Table

    init(_ entry: ListJobs.Entry, _ events: Table) {
        let job = entry.job
        badge = Badge(job.status)
        steps = entry.steps.map { Step($0, of: job) }
        total = Meter(entry.fraction, entry.words, of: "All disks", job.status.tone)
        facts = JobModel.facts(entry)
        failure = job.failure.map { .init($0, job.status == .aborted ? .quiet : .bad) }
        isCancelled = job.isCancelled && job.status == .started
        cancel = job.status == .started && !isCancelled ? Paths.job(job.id, "/cancel") : nil
        vm = JobModel.link(to: job)
        self.events = events
    }

    private static func link(to job: Job) -> Link? {
        switch job.work {
        case .clone(let work):
            // What was not made is not there to be looked at.
            [.started, .finished].contains(job.status)
                ? Link(work.vmName, Paths.vm(work.vmID)) : nil
        case .deleteSnapshot(let work):
            Link(work.vmName, Paths.vm(work.vmID, MachineView.snapshots.path))
        }
    }

    private static func facts(_ entry: ListJobs.Entry) -> [Sheet.Facts.Fact] {
        let job = entry.job
        let rest = entry.secondsLeft.map {
            [Sheet.Facts.Fact("Time left", "about \(duration($0))")]
        }
        return [
            .init("Started", moment(job.startedAt)), .init("Time", duration(job.seconds)),
            .init("User", job.userName), .init("Correlation", .code(job.correlationID)),
        ] + (rest ?? [])
    }
}

extension JobModel.Step {
    fileprivate init(_ step: JobStep, of job: Job) {
        name = step.description
        badge = Badge(step, of: job)
        let words = "\(size(step.copiedBytes)) of \(size(step.totalBytes))"
        let isEmpty = step.status == .finished && step.totalBytes == 0
        meter = Meter(
            step.fraction,
            isEmpty ? "nothing to copy" : words,
            of: step.description,
            step.status.tone
        )
        let rate = step.bytesPerSecond.map { "\(size(UInt64($0)))/s" }
        let left = step.secondsLeft.map { "\(duration($0)) left" }
        self.rate = [rate, left].compactMap(\.self).joined(separator: " · ")
    }
}

extension Badge {
    /// A step that another's failure has ended was not cancelled by anybody.
    fileprivate init(_ step: JobStep, of job: Job) {
        switch (step.status, step.startedAt) {
        case (.started, nil): self.init("Waiting", .quiet)
        case (.aborted, nil): self.init("Not started", .quiet)
        case (.aborted, _) where job.status == .failed: self.init("Stopped", .quiet)
        case (let status, _): self.init(status)
        }
    }
}

extension Job.Status {
    /// The colour of a bar.
    fileprivate var tone: Badge.Tone {
        switch self {
        case .started, .finished: .busy
        case .failed: .bad
        case .aborted: .quiet
        }
    }
}

extension Job {
    /// How long it has taken so far.
    var seconds: Double { (endedAt ?? Date()).timeIntervalSince(startedAt) }
}

extension JobStep {
    /// The bytes of data that were copied each second; nil when it is too early to tell.
    fileprivate var bytesPerSecond: Double? {
        guard let startedAt else { return nil }
        let seconds = (endedAt ?? Date()).timeIntervalSince(startedAt)
        return seconds > 0.2 && copiedBytes > 0 ? Double(copiedBytes) / seconds : nil
    }

    fileprivate var secondsLeft: Double? {
        guard status == .started, let bytesPerSecond, totalBytes > copiedBytes else { return nil }
        return Double(totalBytes - copiedBytes) / bytesPerSecond
    }
}

extension ListJobs.Entry {
    /// How much is done, from 0 to 1.
    var fraction: Double {
        guard job.status != .finished, !steps.isEmpty else {
            return job.status == .finished ? 1 : 0
        }
        let (copied, total) = bytes
        return total == 0 ? 0 : min(1, Double(copied) / Double(total))
    }

    var percent: Int { Int((fraction * 100).rounded(.down)) }

    fileprivate var words: String {
        let (copied, total) = bytes
        return "\(percent) % · \(size(copied)) of \(size(total))"
    }

    /// As long as the slowest disk takes.
    fileprivate var secondsLeft: Double? { steps.compactMap(\.secondsLeft).max() }

    private var bytes: (copied: UInt64, total: UInt64) {
        steps.reduce((0, 0)) { sum, step in
            // Their sums stay below the largest disk that a file system holds.
            (sum.0 &+ min(step.copiedBytes, step.totalBytes), sum.1 &+ step.totalBytes)
        }
    }
}
