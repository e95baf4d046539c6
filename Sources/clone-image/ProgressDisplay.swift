// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Shows progress: a bar for people, lines of JSON for programs.
final class ProgressDisplay: Sendable {
    private enum Form { case bar, json, nothing }

    private let form: Form
    private let bar: ProgressBar
    private let descriptor: Int32
    private let last = Mutex<ProgressDocument?>(nil)

    /// The style auto shows a bar when the descriptor is a terminal that can draw one.
    init(_ style: ProgressStyle, descriptor: Int32) {
        let environment = ProcessInfo.processInfo.environment
        self.descriptor = descriptor
        bar = ProgressBar(glyphs: ProgressDisplay.isUnicode(environment) ? .blocks : .ascii)
        switch style {
        case .auto:
            let canDraw = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
            form = canDraw ? .bar : .nothing
        case .bar: form = .bar
        case .json: form = .json
        case .none: form = .nothing
        }
    }

    func show(_ progress: CollapseProgress) {
        let progress = ProgressDocument(progress)
        last.withLock { $0 = progress }
        switch form {
        case .bar: draw(bar.line(progress))
        case .json: write(progress.text + "\n")
        case .nothing: break
        }
    }

    /// Leaves the bar as it looks when all is done.
    func complete() {
        guard form == .bar, let progress = last.withLock({ $0 }) else { return }
        draw(bar.lastLine(progress))
        write("\n")
    }

    /// Makes room for the words about a failure.
    func erase() {
        if form == .bar, last.withLock({ $0 }) != nil { draw("") }
    }

    /// Draws over the last line, and leaves the cursor at its start, so that nothing that the terminal
    /// echoes makes it longer.
    ///
    /// Where the terminal is narrower, the rest is cut off, not wrapped.
    private func draw(_ line: String) { write("\r\u{1b}[?7l\(line)\u{1b}[K\u{1b}[?7h\r") }

    private func write(_ text: String) { Output.write(text, to: descriptor) }

    /// Whether the locale's characters are encoded as UTF-8.
    static func isUnicode(_ environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
        let locale = names.first { !$0.isEmpty }?.lowercased() ?? ""
        return locale.contains("utf-8") || locale.contains("utf8")
    }
}
