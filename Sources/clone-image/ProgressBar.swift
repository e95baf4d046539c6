// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Terminal

/// A line that shows how far a collapse is.
///
/// It has at most 79 columns, and its parts stay where they are while the numbers change.
struct ProgressBar {
    /// Before that, the rate is no more than a guess.
    private static let settlingSeconds = 0.4

    private let bar: Bar

    init(_ bar: Bar = Bar()) { self.bar = bar }

    /// The line while the work goes on.
    func line(_ progress: ProgressDocument) -> String {
        head(progress) + "  " + outlook(progress)
    }

    /// The line that stays when the work is done.
    func lastLine(_ progress: ProgressDocument) -> String {
        head(progress) + "  in " + duration(progress.seconds)
    }

    private func head(_ progress: ProgressDocument) -> String {
        let total = (progress.totalIsExact ? "" : "~") + size(progress.totalBytes)
        return bar.text(progress.fraction) + " "
            + padded("\(Int(progress.fraction * 100))", to: 3, isNumber: true) + "%  "
            + padded(size(progress.copiedBytes), to: 8, isNumber: true) + " of "
            + padded(total, to: 9, isNumber: true) + "  "
            + padded(rate(progress.copiedBytes, in: progress.seconds) ?? "", to: 10, isNumber: true)
    }

    /// The time that is left, as far as it can be told.
    private func outlook(_ progress: ProgressDocument) -> String {
        guard progress.copiedBytes < progress.totalBytes else {
            return progress.totalIsExact ? "finishing" : ""
        }
        guard progress.copiedBytes > 0, progress.seconds >= ProgressBar.settlingSeconds else {
            return ""
        }
        let rest = Double(progress.totalBytes - progress.copiedBytes)
        return clock(rest / Double(progress.copiedBytes) * progress.seconds) + " left"
    }
}
