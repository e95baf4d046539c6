// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Synchronization
internal import Terminal

/// Shows progress: a bar for people, lines of JSON for programs.
final class ProgressDisplay: Sendable {
    private enum Form { case bar, json, nothing }

    private let form: Form
    private let bar = ProgressBar()
    private let descriptor: Int32
    private let last = Mutex<ProgressDocument?>(nil)

    /// The style auto shows a bar when the descriptor is a terminal that can draw one.
    init(_ style: ProgressStyle, descriptor: Int32) {
        self.descriptor = descriptor
        switch style {
        case .auto:
            form = Screen.canDraw(on: descriptor) ? .bar : .nothing
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
    private func draw(_ line: String) {
        write("\r" + Screen.unwrapped(line + Screen.clearLine) + "\r")
    }

    private func write(_ text: String) { Output.write(text, to: descriptor) }
}
