// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc

/// What the terminal can show.
package enum Screen {
    /// Whether people at the terminal of a descriptor can see lines change.
    package static func canDraw(on descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Whether the locale's characters are encoded as UTF-8.
    package static let isUnicode = isUnicode(ProcessInfo.processInfo.environment)

    /// Whether the characters of an environment's locale are encoded as UTF-8.
    package static func isUnicode(_ environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
        let locale = names.first { !$0.isEmpty }?.lowercased() ?? ""
        return locale.contains("utf-8") || locale.contains("utf8")
    }

    /// A line without what was there before; where the terminal is narrower, the rest is cut off, not
    /// wrapped.
    package static func unwrapped(_ text: String) -> String { "\u{1b}[?7l\(text)\u{1b}[?7h" }

    /// Clears what is behind the cursor in its line.
    package static let clearLine = "\u{1b}[K"
}
