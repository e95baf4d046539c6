// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims

/// A moment as the machine's clock and calendar show it.
package struct LocalTime: Hashable, Sendable, CustomStringConvertible {
    private let year: Int32
    /// From the month on to the second, each of two digits.
    private let rest: [Int32]

    /// The moment so many seconds after the beginning of 1970, in the time zone of the machine.
    package init(secondsSince1970 seconds: Int64) {
        let parts = cshims_local_time(seconds)
        year = parts.year
        rest = [parts.month, parts.day, parts.hour, parts.minute, parts.second]
    }

    /// `2026-05-31 23:59:59`.
    package var description: String {
        let two = rest.map { ($0 < 10 ? "0" : "") + String($0) }
        return "\(year)-\(two[0])-\(two[1]) \(two[2]):\(two[3]):\(two[4])"
    }
}
