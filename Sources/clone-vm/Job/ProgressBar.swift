// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A line that shows how far something is.
struct ProgressBar {
    private static let cells = 20
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    let isUnicode: Bool

    /// The line; labels are of one width, so that bars stand below each other.
    func line(_ progress: StepProgress, labelWidth: Int) -> String {
        padded(progress.label, to: labelWidth) + "  [" + bar(progress.fraction) + "] "
            + padded(progress.percentage, to: 4, isNumber: true) + "  " + progress.outlook
    }

    private func bar(_ fraction: Double) -> String {
        let eighths = Int(fraction * Double(ProgressBar.cells * 8))
        let full = String(repeating: isUnicode ? "█" : "#", count: eighths / 8)
        let text = full + (isUnicode ? ProgressBar.eighths[eighths % 8] : "")
        return text
            + String(repeating: isUnicode ? " " : ".", count: ProgressBar.cells - text.count)
    }
}
