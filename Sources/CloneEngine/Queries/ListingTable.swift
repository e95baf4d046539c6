// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A table of the store that is listed, searched and sorted.
struct ListingTable {
    let name: String
    let fields: [SearchField]
    /// The listing's own order.
    let order: String
    /// Columns of the table; all of them when not said.
    var columns = "*"
    /// The column that tells entries apart which are alike in what they are sorted by.
    var key = "id"
}

extension CommandContext {
    /// Some rows of a table: those that a search finds and a condition lets through.
    func page<Row: FetchableRecord & Sendable>(
        of table: ListingTable,
        _ options: ListingOptions,
        where filter: SQL
    ) throws -> Page<Row> {
        let expression = try SearchExpression(parsing: options.search)
        let compiler = SearchCompiler(
            fields: table.fields,
            isCaseSensitive: options.isCaseSensitive
        )
        // The type is said, since SQL has an operator of this name as well.
        let condition: SQL = try expression.condition.map(compiler.sql) ?? "TRUE"
        let selection: SQL = "FROM \(sql: table.name) WHERE \(filter) AND \(condition)"
        let order = try table.order(expression.order)
        let slice = Slice(options, expression)
        let rows = try SQLRequest<Row>(
            literal: """
                SELECT \(sql: table.columns) \(selection) ORDER BY \(sql: order)
                LIMIT \(slice.limit) OFFSET \(slice.offset)
                """
        ).fetchAll(database)
        if let count = slice.totalCount(after: rows.count) { return Page(rows, of: count) }
        let count = try SQLRequest<Int>(literal: "SELECT COUNT(*) \(selection)").fetchOne(database)
        return Page(rows, of: count ?? 0)
    }
}

extension ListingTable {
    /// The order that a search wishes, or the table's own.
    fileprivate func order(_ wish: SearchExpression.Order?) throws(EngineError) -> String {
        guard let wish else { return order }
        let field = try fields.named(wish.field)
        guard field.membership == nil else {
            throw .badSearch("entries cannot be sorted by '\(field.name)'")
        }
        let collation = field.kind == .text ? " COLLATE NOCASE" : ""
        let direction = wish.isDescending ? " DESC" : ""
        return "\(field.column)\(collation)\(direction), \(name).\(key)\(direction)"
    }
}

/// The rows of one page.
private struct Slice {
    /// Negative for all.
    let limit: Int
    let offset: Int

    init(_ options: ListingOptions, _ expression: SearchExpression) {
        let page = min(max(expression.page ?? options.page, 1), Int(Int32.max))
        var size = options.maximum.flatMap { $0 < 0 ? nil : min($0, Int(Int32.max)) }
        if page > 1 || expression.page != nil { size = size ?? ListingOptions.defaultPageSize }
        limit = size ?? -1
        offset = (page - 1) * (size ?? 0)
    }

    /// The number of all rows, where those of the page tell it.
    func totalCount(after count: Int) -> Int? {
        let isLast = limit < 0 || count < limit
        return isLast && (count > 0 || offset == 0) ? offset + count : nil
    }
}
