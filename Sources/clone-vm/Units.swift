// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// A time in the zone of whoever reads it: `2026-01-31 17:05:00`.
func local(_ time: Date) -> String {
    time.formatted(
        Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
            .year().month().day().time(includingFractionalSeconds: false)
    )
}

extension Identifier {
    /// As much of an id as people need.
    var short: String { String(rawValue.prefix(8)) }
}
