// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Dates and times in searches.
enum SearchTime {
    /// The time that is meant, from its beginning up to its end: a day, or a second.
    ///
    /// Days, and times without a zone, are this machine's.
    static func interval(_ text: String, now: Date = Date()) -> Range<Date>? {
        let calendar = Calendar.current
        switch text.lowercased() {
        case "today": return calendar.day(of: now)
        case "yesterday":
            return calendar.date(byAdding: .day, value: -1, to: now).flatMap(calendar.day)
        default: break
        }
        if let time = time(text) { return time..<time.addingTimeInterval(1) }
        return day(text).flatMap(calendar.day)
    }

    /// `2026-01-31T12:00:00`, with or without fractions of a second and a zone.
    private static func time(_ text: String) -> Date? {
        guard text.contains(where: { "Tt ".contains($0) }) else { return nil }
        let local = Date.ISO8601FormatStyle(timeZone: .current)
            .year().month().day().dateTimeSeparator(text.contains(" ") ? .space : .standard)
        for fractions in [false, true] {
            let style = local.time(includingFractionalSeconds: fractions)
            for style in [style.timeZone(separator: .colon), style] {
                if let time = try? style.parse(text.uppercased()) { return time }
            }
        }
        return nil
    }

    /// `2026-01-31`, or as oVirt's users write it, `1/31/2026`.
    private static func day(_ text: String) -> Date? {
        let numbers = text.split(separator: "-").compactMap { Int($0) }
        if numbers.count == 3, text.count == 10 { return day(numbers[0], numbers[1], numbers[2]) }
        let american = text.split(separator: "/").compactMap { Int($0) }
        guard american.count == 3 else { return nil }
        let year = american[2] < 100 ? 2000 + american[2] : american[2]
        return day(year, american[0], american[1])
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Date? {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        return Calendar.current.date(from: DateComponents(year: year, month: month, day: day))
    }
}

extension Calendar {
    /// The day that a time is in.
    fileprivate func day(of time: Date) -> Range<Date>? {
        dateInterval(of: .day, for: time).map { $0.start..<$0.end }
    }
}
