// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Terminal

/// Gathers lines for standard output and writes many at a time.
struct TextWriter {
    private static let bufferBytes = 64 << 10

    private var text = ""

    init() { text.reserveCapacity(TextWriter.bufferBytes + 1024) }

    mutating func append(_ part: String) { text += part }

    /// Appends the line's last part.
    mutating func endLine(_ part: String) throws {
        text += part
        text += "\n"
        if text.utf8.count >= TextWriter.bufferBytes { try flush() }
    }

    mutating func flush() throws {
        try Output.write(text)
        text.removeAll(keepingCapacity: true)
    }
}
