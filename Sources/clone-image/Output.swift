// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// The program's words to people and programs.
enum Output {
    /// The name under which the program complains.
    static let programName = QemuCommands.isOurName ? "qemu-img" : "clone-image"

    /// A line on standard output.
    static func print(_ text: String) { write(text + "\n", to: 1) }

    /// A line on standard error, with the program's name.
    static func complain(_ text: String) { write("\(programName): \(text)\n", to: 2) }

    /// A line on standard error about what was found in an image.
    static func tell(_ text: String) { write(text + "\n", to: 2) }

    /// Writes all of a text, which is what the program was started for, to standard output.
    static func write(_ text: String) throws {
        _ = try FileDescriptor.standardOutput.writeAll(text.utf8)
    }

    /// Writes all of a text; a reader that has gone away is not an error.
    static func write(_ text: String, to descriptor: Int32) {
        _ = try? FileDescriptor(rawValue: descriptor).writeAll(text.utf8)
    }
}
