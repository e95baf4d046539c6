// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The program's words to people and programs.
enum Output {
    static let programName = "clone-vm"

    /// Whether people at the terminal of standard error can see bars grow.
    static var canDraw: Bool {
        isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Whether the locale's characters are encoded as UTF-8.
    static let isUnicode: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
        let locale = names.first { !$0.isEmpty }?.lowercased() ?? ""
        return locale.contains("utf-8") || locale.contains("utf8")
    }()

    /// What leads from a disk to where it goes.
    static var arrow: String { isUnicode ? "→" : "->" }

    /// A line on standard output.
    static func print(_ text: String) { write(text + "\n", to: .standardOutput) }

    /// A line on standard error, with the program's name.
    static func complain(_ text: String) { tell("\(programName): \(text)\n") }

    /// Text on standard error as it is.
    static func tell(_ text: String) { write(text, to: .standardError) }

    /// A reader that has gone away is not an error.
    private static func write(_ text: String, to file: FileHandle) {
        try? file.write(contentsOf: Data(text.utf8))
    }
}
