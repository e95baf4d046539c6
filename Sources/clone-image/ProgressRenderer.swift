// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Glibc

/// Shows progress: a bar for people, lines of JSON for programs.
struct ProgressRenderer {
    private enum Output { case bar, json, nothing }

    private static let barWidth = 28
    private let output: Output
    private let descriptor: Int32

    /// The style auto shows a bar when the descriptor is a terminal.
    init(_ style: ProgressStyle, descriptor: Int32) {
        self.descriptor = descriptor
        switch style {
        case .auto: output = isatty(descriptor) == 1 ? .bar : .nothing
        case .bar: output = .bar
        case .json: output = .json
        case .none: output = .nothing
        }
    }

    func show(_ progress: CollapseProgress) {
        switch output {
        case .bar: write("\r" + ProgressRenderer.bar(progress) + "\u{1b}[K")
        case .json: write(ProgressDocument(progress).text + "\n")
        case .nothing: break
        }
    }

    /// Ends the line that a bar is drawn on.
    func finish() {
        if output == .bar { write("\n") }
    }

    /// A line of at most 79 columns.
    static func bar(_ progress: CollapseProgress) -> String {
        let filled = Int(progress.fraction * Double(barWidth))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: barWidth - filled)
        let percent = String(Int(progress.fraction * 100))
        let rate = progress.seconds > 0 ? Double(progress.copiedBytes) / progress.seconds : 0
        let padded = String(repeating: " ", count: 3 - percent.count) + percent
        return "[\(bar)] \(padded)%  \(size(progress.copiedBytes)) of "
            + "\(progress.totalIsExact ? "" : "~")\(size(progress.totalBytes))"
            + "  \(size(UInt64(rate)))/s  \(timeLeft(progress, rate))"
    }

    private static func timeLeft(_ progress: CollapseProgress, _ rate: Double) -> String {
        guard rate > 0, progress.copiedBytes < progress.totalBytes else { return "" }
        let seconds = Int(Double(progress.totalBytes - progress.copiedBytes) / rate) + 1
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest) left"
    }

    private func write(_ text: String) { clone_image.Output.write(text, to: descriptor) }
}
