// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Terminal

extension Output {
    static let programName = "clone-vm"

    /// What leads from a disk to where it goes.
    static var arrow: String { Screen.isUnicode ? "→" : "->" }

    /// A line on standard error, with the program's name.
    static func complain(_ text: String) { tell("\(programName): \(text)\n") }
}
