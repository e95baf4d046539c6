// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// Shows on standard error how far a job is: a bar for each disk, or plain lines where none can be drawn.
final class JobDisplay {
    private enum Form { case bars, lines, nothing }

    /// More bars than this might not fit onto a screen; there is only one for all disks then.
    private static let maximumBars = 20

    private let form: Form
    private let start: Date
    private let labels: [JobStep.ID: String]
    private let bar = Bar()
    private var drawnLines = 0
    private var toldTenths: [JobStep.ID: Int] = [:]

    init(of job: Job, labels: [JobStep.ID: String], isQuiet: Bool, isJSON: Bool) {
        (start, self.labels) = (job.startedAt, labels)
        form = isQuiet ? .nothing : Screen.canDraw(on: 2) ? .bars : isJSON ? .nothing : .lines
    }

    func show(_ steps: [JobStep]) {
        switch form {
        case .bars: draw(steps)
        case .lines: for step in steps { tell(step) }
        case .nothing: break
        }
    }

    /// Leaves what was drawn as it looks when all is done, or makes room for the words about a failure.
    func end(_ steps: [JobStep], isDone: Bool) {
        if isDone {
            show(steps)
        } else if drawnLines > 0 {
            Output.tell(toTop + "\u{1b}[J")
        }
    }

    private func draw(_ steps: [JobStep]) {
        guard !steps.isEmpty else { return }
        let total = StepProgress(totalOf: steps, since: start)
        let parts = steps.count > JobDisplay.maximumBars ? [] : steps.map(progress)
        let all = steps.count == 1 ? parts : parts + [total]
        let width = all.map(\.label.count).max() ?? 0
        let lines = all.map { line($0, labelWidth: width) + Screen.clearLine + "\n" }
        Output.tell(toTop + Screen.unwrapped(lines.joined()))
        drawnLines = lines.count
    }

    /// Labels are of one width, so that bars stand below each other.
    private func line(_ progress: StepProgress, labelWidth: Int) -> String {
        padded(progress.label, to: labelWidth) + "  " + bar.text(progress.fraction) + " "
            + padded(progress.percentage, to: 4, isNumber: true) + "  " + progress.outlook
    }

    /// What moves the cursor to the first of the bars.
    private var toTop: String { drawnLines == 0 ? "" : "\r\u{1b}[\(drawnLines)A" }

    /// A line for each tenth of a disk.
    private func tell(_ step: JobStep) {
        // What is copied is not finished: it has still to be on stable storage.
        let tenth = Int(step.fraction * 10) + (step.status == .started ? 0 : 1)
        guard step.startedAt != nil, toldTenths[step.id] != tenth else { return }
        toldTenths[step.id] = tenth
        let progress = progress(step)
        let words = ["\(progress.label):", progress.percentage, progress.outlook]
        Output.tell(words.filter { !$0.isEmpty }.joined(separator: "  ") + "\n")
    }

    private func progress(_ step: JobStep) -> StepProgress {
        StepProgress(step, labels[step.id] ?? step.description)
    }
}

extension Client {
    /// What shows how far a job is.
    func display(of job: Job, isQuiet: Bool) throws -> JobDisplay {
        let domains = try domainNames()
        let labels = job.work.copies.map { copy in
            let domain = copy.target.domainID.flatMap { domains[$0] } ?? copy.target.path
            return (copy.stepID, "\(copy.diskAlias) \(Output.arrow) \(domain)")
        }
        let all = Dictionary(uniqueKeysWithValues: labels)
        return JobDisplay(of: job, labels: all, isQuiet: isQuiet, isJSON: isJSON)
    }
}
