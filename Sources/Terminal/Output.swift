// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// A program's words to people and programs; each program adds its name.
package enum Output {
    /// A line on standard output.
    package static func print(_ text: String) { write(text + "\n", to: 1) }

    /// Text on standard error as it is.
    package static func tell(_ text: String) { write(text, to: 2) }

    /// Writes all of a text, which is what the program was started for, to standard output.
    ///
    /// - Throws: when it cannot be written.
    package static func write(_ text: String) throws {
        _ = try FileDescriptor.standardOutput.writeAll(text.utf8)
    }

    /// Writes all of a text; a reader that has gone away is not an error.
    package static func write(_ text: String, to descriptor: Int32) {
        _ = try? FileDescriptor(rawValue: descriptor).writeAll(text.utf8)
    }
}
