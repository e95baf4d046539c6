// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Terminal

extension Output {
    /// The name under which the program complains.
    static let programName = QemuCommands.isOurName ? "qemu-img" : "clone-image"

    /// A line on standard error, with the program's name.
    static func complain(_ text: String) { tell("\(programName): \(text)\n") }

    /// A line on standard error about what was found in an image.
    static func report(_ text: String) { tell(text + "\n") }
}
