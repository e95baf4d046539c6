// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// How far one disk is, or all disks together, for people.
struct StepProgress {
    /// Before that, the rate is no more than a guess.
    private static let settlingSeconds = 0.4

    let label: String
    let status: Job.Status
    let fraction: Double
    let copiedBytes: UInt64
    let totalBytes: UInt64
    /// Nil before it is its turn.
    let seconds: Double?

    var percentage: String { "\(Int(fraction * 100))%" }

    /// What there is to tell beside the percentage.
    var outlook: String {
        switch status {
        case .finished: "\(size(copiedBytes)) in \(duration(seconds ?? 0))"
        case .failed, .aborted: status.rawValue
        case .started: seconds == nil ? "waiting" : pace
        }
    }

    private var pace: String {
        // What is copied has still to be on stable storage.
        if copiedBytes > 0, copiedBytes >= totalBytes { return "finishing" }
        guard let seconds, seconds >= StepProgress.settlingSeconds, copiedBytes > 0 else {
            return ""
        }
        let perSecond = Double(copiedBytes) / seconds
        let left = Double(totalBytes - min(totalBytes, copiedBytes)) / perSecond
        return
            "\(padded(size(UInt64(perSecond)), to: 8, isNumber: true))/s  \(clock(left)) left"
    }
}

extension StepProgress {
    init(_ step: JobStep, _ label: String) {
        (self.label, status, fraction) = (label, step.status, step.fraction)
        (copiedBytes, totalBytes) = (step.copiedBytes, step.totalBytes)
        seconds = step.startedAt.map { (step.endedAt ?? Date()).timeIntervalSince($0) }
    }

    /// All steps of a job together.
    init(totalOf steps: [JobStep], since start: Date) {
        (label, seconds) = ("total", Date().timeIntervalSince(start))
        copiedBytes = steps.reduce(0) { $0 + $1.copiedBytes }
        totalBytes = steps.reduce(0) { $0 + $1.totalBytes }
        let isDone = steps.allSatisfy { $0.status == .finished }
        status = isDone ? .finished : .started
        let part = totalBytes == 0 ? 0 : Double(copiedBytes) / Double(totalBytes)
        fraction = isDone ? 1 : min(1, part)
    }
}
