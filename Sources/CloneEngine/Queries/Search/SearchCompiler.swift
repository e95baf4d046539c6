// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// Turns a search's condition into one of SQL, with all values as parameters.
struct SearchCompiler {
    let fields: [SearchField]
    let isCaseSensitive: Bool

    func sql(_ condition: SearchExpression.Condition) throws(EngineError) -> SQL {
        switch condition {
        case .text(let text):
            // A part of the text is enough, and it may be in any field.
            let pattern = text.contains("*") ? text : "*\(text)*"
            let found = fields.filter(\.isFreeText).map { match($0, pattern) }
            return SearchCompiler.grouped(found, " OR ")
        case .comparison(let comparison): return try sql(comparison)
        case .all(let conditions):
            var parts: [SQL] = []
            for condition in conditions { parts.append(try sql(condition)) }
            return SearchCompiler.grouped(parts, " AND ")
        case .any(let conditions):
            var parts: [SQL] = []
            for condition in conditions { parts.append(try sql(condition)) }
            return SearchCompiler.grouped(parts, " OR ")
        }
    }

    private static func grouped(_ parts: [SQL], _ separator: String) -> SQL {
        "(\(parts.joined(separator: separator)))"
    }

    private func sql(
        _ comparison: SearchExpression.Comparison
    ) throws(EngineError) -> SQL {
        let field = try fields.named(comparison.field)
        // What has no value is unlike every value.
        guard comparison.operation != .notEqual else {
            let equal = SearchExpression.Comparison(comparison.field, .equal, comparison.value)
            return "(\(try sql(equal)) IS NOT TRUE)"
        }
        switch field.kind {
        case .text: return try text(field, comparison)
        case .number, .size:
            let number = try number(field, comparison.value)
            return within(field, ordered(field, comparison.operation, number..<number + 1))
        case .time:
            guard let times = SearchTime.interval(comparison.value) else {
                throw .badSearch(
                    "'\(comparison.value.prefix(40))' is no date such as 2026-01-31 or "
                        + "2026-01-31T12:00:00Z"
                )
            }
            return within(field, ordered(field, comparison.operation, times))
        }
    }

    private func text(
        _ field: SearchField,
        _ comparison: SearchExpression.Comparison
    ) throws(EngineError) -> SQL {
        guard comparison.operation == .equal else {
            throw .badSearch("'\(field.name)' is text, which is compared by '=' and '!=' only")
        }
        return match(field, comparison.value)
    }

    /// Text that is equal, or that a pattern with `*` fits.
    private func match(_ field: SearchField, _ value: String) -> SQL {
        let column = SQL(sql: field.column)
        guard value.contains("*") else {
            return within(
                field,
                isCaseSensitive ? "\(column) = \(value)" : "\(column) = \(value) COLLATE NOCASE"
            )
        }
        return within(
            field,
            isCaseSensitive
                ? "\(column) GLOB \(SearchCompiler.glob(value))"
                : "\(column) LIKE \(SearchCompiler.like(value)) ESCAPE '\\'"
        )
    }

    /// The pattern of SQLite's LIKE, which looks at no case of letters.
    private static func like(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
            .replacing("*", with: "%")
    }

    /// The pattern of SQLite's GLOB.
    private static func glob(_ value: String) -> String {
        value.replacing("[", with: "[[]").replacing("?", with: "[?]")
    }

    /// Compares with all values that one is short for: a day has many seconds.
    private func ordered<Value: DatabaseValueConvertible>(
        _ field: SearchField,
        _ operation: SearchExpression.Comparison.Operator,
        _ values: Range<Value>
    ) -> SQL {
        let column = SQL(sql: field.column)
        let (first, next) = (values.lowerBound, values.upperBound)
        return switch operation {
        case .less: "\(column) < \(first)"
        case .greaterOrEqual: "\(column) >= \(first)"
        case .greater: "\(column) >= \(next)"
        case .lessOrEqual: "\(column) < \(next)"
        case .equal, .notEqual: "(\(column) >= \(first) AND \(column) < \(next))"
        }
    }

    private func number(_ field: SearchField, _ text: String) throws(EngineError) -> Int64 {
        var unit: UInt64?
        if case .size(let bytes) = field.kind { unit = bytes }
        guard let number = SearchSize.number(text, unitBytes: unit) else {
            let example = unit == nil ? "53" : "10GB"
            throw .badSearch("'\(text.prefix(40))' is no number such as \(example)")
        }
        return number
    }

    private func within(_ field: SearchField, _ condition: SQL) -> SQL {
        guard let parts = field.membership?.split(separator: "@"), parts.count == 2 else {
            return condition
        }
        return "\(sql: String(parts[0]))\(condition)\(sql: String(parts[1]))"
    }
}
