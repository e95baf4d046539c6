// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2
internal import Terminal

/// Internal snapshots as a table for people; nothing when there are none.
struct SnapshotTable {
    let snapshots: [Snapshot]

    var text: String {
        guard !snapshots.isEmpty else { return "" }
        let head =
            left("ID", 10) + left("TAG", 17) + right("VM SIZE", 8) + right("DATE", 20)
            + right("VM CLOCK", 13) + right("ICOUNT", 11)
        return (["Snapshot list:", head] + snapshots.map(row)).map { $0 + "\n" }.joined()
    }

    private func row(_ snapshot: Snapshot) -> String {
        left(snapshot.id, 9) + " " + left(snapshot.name, 16) + " "
            + right(ShortSize(snapshot.vmStateBytes).text, 8) + right(snapshot.localTime, 20)
            + right(clock(snapshot.clockNanoseconds), 13)
            + right(snapshot.instructionCount.map { String(Int64(bitPattern: $0)) } ?? "", 11)
    }

    /// `01:02:03.456`; more than 99 hours have more digits.
    private func clock(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { digits($0, 2) }
        return parts.joined(separator: ":") + "." + digits(nanoseconds / 1_000_000 % 1000, 3)
    }

    private func digits(_ number: UInt64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    // Widths count bytes, as C does.

    private func left(_ text: String, _ width: Int) -> String { text + spaces(text, width) }

    private func right(_ text: String, _ width: Int) -> String { spaces(text, width) + text }

    private func spaces(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
