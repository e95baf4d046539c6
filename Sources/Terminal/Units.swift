// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A number of bytes as people read it: at most three digits and a binary unit.
package func size(_ bytes: UInt64) -> String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var value = Double(bytes) / 1024
    var units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][...]
    // What would be rounded to four digits goes to the next unit.
    while value >= 999.5, units.count > 1 {
        value /= 1024
        units = units.dropFirst()
    }
    return "\(threeDigits(value)) \(units[units.startIndex])"
}

/// Bytes a second as people read them; nothing where there is nothing to tell.
package func rate(_ bytes: UInt64, in seconds: Double) -> String? {
    guard bytes > 0, seconds > 0 else { return nil }
    return size(UInt64(min(Double(bytes) / seconds, 1e18))) + "/s"
}

/// A time as people read it: `0.28 s`, `12.5 s`, `3 min 25 s`, `2 h 5 min`, `4 days`.
package func duration(_ seconds: Double) -> String {
    guard seconds >= 59.95 else {
        return seconds < 9.995 ? "\(rounded(seconds, to: 100)) s" : "\(threeDigits(seconds)) s"
    }
    guard seconds < 100 * 3600 else { return days(seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
        ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
}

/// A time to wait as a clock shows it, rounded up: `0:07`, `59:59`, `1:00:00`, `4 days`.
package func clock(_ seconds: Double) -> String {
    guard seconds < 99 * 3600 else { return days(seconds) }
    let whole = Int(seconds.rounded(.up))
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    let tail = twoDigits(whole % 60)
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(tail)" : "\(minutes):\(tail)"
}

private func days(_ seconds: Double) -> String {
    "\(Int(min(seconds / 86_400, 999).rounded())) days"
}

private func threeDigits(_ value: Double) -> String {
    rounded(value, to: value < 9.995 ? 100 : value < 99.95 ? 10 : 1)
}

/// The value in steps of 1/scale, without a fraction that is zero.
private func rounded(_ value: Double, to scale: Double) -> String {
    let result = (value * scale).rounded() / scale
    return result == result.rounded() ? "\(Int(result))" : "\(result)"
}

private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

/// A text with spaces behind it, or before it where it is a number.
package func padded(_ text: String, to width: Int, isNumber: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.count))
    return isNumber ? spaces + text : text + spaces
}
