// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The options that whoever calls has, of which a message may say that they help.
package struct CallerOptions: OptionSet, Hashable, Sendable {
    /// `--wait-lock`.
    package static let waiting = CallerOptions(rawValue: 1 << 0)
    /// `-U`.
    package static let sharing = CallerOptions(rawValue: 1 << 1)
    /// `--trust-probed`.
    package static let trusting = CallerOptions(rawValue: 1 << 2)

    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// What can be done about a writer, to stand behind an error; empty for nothing.
    var adviceAboutWriters: String {
        if contains(.waiting) { return " (--wait-lock SECONDS waits for the writer to end)" }
        return contains(.sharing) ? " (-U reads it all the same)" : ""
    }
}
