// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Terminal

/// Something that is shown as a row of a table, or as an object of JSON.
protocol TableRow: Document {
    static var columns: [Column<Self>] { get }
}

/// One thing that a table tells of each row.
struct Column<Row>: Sendable {
    let title: String
    var isNumber = false
    let value: @Sendable (Row) -> String

    init(_ title: String, _ value: @escaping @Sendable (Row) -> String) {
        (self.title, self.value) = (title, value)
    }

    /// A column whose values end at the same place.
    static func number(_ title: String, _ value: @escaping @Sendable (Row) -> String) -> Column {
        var column = Column(title, value)
        column.isNumber = true
        return column
    }
}

/// Rows in columns of equal width.
struct Table {
    let text: String

    init<Row: TableRow>(_ rows: [Row]) {
        let columns = Row.columns.map { column in
            Table.aligned([column.title] + rows.map(column.value), isNumber: column.isNumber)
        }
        let lines = (0...rows.count).map { row in
            Table.trimmed(columns.map { $0[row] }.joined(separator: "  "))
        }
        text = lines.joined(separator: "\n")
    }

    private static func aligned(_ cells: [String], isNumber: Bool) -> [String] {
        let width = cells.map(\.count).max() ?? 0
        return cells.map { padded($0, to: width, isNumber: isNumber) }
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
