// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A bar of fixed width that shows a part of a whole.
package struct Bar {
    /// What the bar is drawn with.
    package enum Glyphs: Sendable { case ascii, blocks }

    private static let cells = 20
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    private let glyphs: Glyphs

    /// A bar of what the locale has.
    package init(glyphs: Glyphs = Screen.isUnicode ? .blocks : .ascii) { self.glyphs = glyphs }

    /// The bar, for a part from 0 to 1.
    package func text(_ fraction: Double) -> String {
        let eighths = Int(min(max(fraction, 0), 1) * Double(Bar.cells * 8))
        let isSmooth = glyphs == .blocks
        let filled = String(repeating: isSmooth ? "█" : "#", count: eighths / 8)
        let text = filled + (isSmooth ? Bar.eighths[eighths % 8] : "")
        return "[" + text
            + String(repeating: isSmooth ? " " : ".", count: Bar.cells - text.count) + "]"
    }
}
