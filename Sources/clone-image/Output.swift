// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// The program's words to people and programs.
enum Output {
    /// A line on standard output.
    static func print(_ text: String) { write(text + "\n", to: 1) }

    /// A line on standard error, with the program's name.
    static func complain(_ text: String) { write("clone-image: \(text)\n", to: 2) }

    /// Writes all of a text; a reader that has gone away is not an error.
    static func write(_ text: String, to descriptor: Int32) {
        _ = try? FileDescriptor(rawValue: descriptor).writeAll(text.utf8)
    }
}

/// A number of bytes as people read it: three digits and a binary unit.
func size(_ bytes: UInt64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1000, unit < units.count - 1 {
        value /= 1024
        unit += 1
    }
    guard unit > 0, value < 100 else { return "\(Int(value.rounded())) \(units[unit])" }
    let scale: Double = value < 10 ? 100 : 10
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded()
        ? "\(Int(rounded)) \(units[unit])" : "\(rounded) \(units[unit])"
}
