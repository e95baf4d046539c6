// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// Events as a table, the newest first.
enum EventTable {
    private static let columns: [Table.Column] = [
        .moment("Time"), .init("Severity"), .init("Message"),
    ]
    private static let empty = "No event is found."

    /// Events of all kinds.
    static func table(_ events: [Event]) -> Table {
        Table(
            "Events",
            columns + [.init("User"), .init("Correlation")],
            empty: empty,
            rows: events.map { event in
                let message =
                    event.jobID.map { Cell(event.message, to: Paths.job($0)) }
                    ?? Cell(event.message)
                return Table.Row(
                    cells: cells(event) + [
                        message, Cell(event.userName ?? "–"), .code(event.correlationID ?? "–"),
                    ]
                )
            }
        )
    }

    /// Events of one job, on its own page.
    static func tableOfJob(_ events: [Event]) -> Table {
        Table(
            "Events of the job",
            columns,
            empty: empty,
            rows: events.map { Table.Row(cells: cells($0) + [Cell($0.message)]) }
        )
    }

    private static func cells(_ event: Event) -> [Cell] {
        [Cell(moment(event.time)), Cell(Badge(event.severity))]
    }
}
