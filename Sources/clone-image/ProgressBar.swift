// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A line that shows how far a collapse is.
///
/// It has at most 79 columns, and its parts stay where they are while the numbers change.
struct ProgressBar {
    /// What the bar is drawn with.
    enum Glyphs { case ascii, blocks }

    private static let cells = 20
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    /// Before that, the rate is no more than a guess.
    private static let settlingSeconds = 0.4

    let glyphs: Glyphs

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
        return "[" + bar(progress.fraction) + "] "
            + padded("\(Int(progress.fraction * 100))", to: 3) + "%  "
            + padded(size(progress.copiedBytes), to: 8) + " of " + padded(total, to: 9) + "  "
            + padded(rate(progress.copiedBytes, in: progress.seconds) ?? "", to: 10)
    }

    private func bar(_ fraction: Double) -> String {
        switch glyphs {
        case .ascii:
            let filled = Int(fraction * Double(ProgressBar.cells))
            return String(repeating: "#", count: filled)
                + String(repeating: ".", count: ProgressBar.cells - filled)
        case .blocks:
            let filled = Int(fraction * Double(ProgressBar.cells * 8))
            let text = String(repeating: "█", count: filled / 8) + ProgressBar.eighths[filled % 8]
            return text + String(repeating: " ", count: ProgressBar.cells - text.count)
        }
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

    private func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
