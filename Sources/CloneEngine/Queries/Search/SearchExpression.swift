// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A search in oVirt's query language: `name=web* and status=up sortby name desc page 2`.
package struct SearchExpression: Hashable, Sendable {
    /// What an entry must be like.
    package indirect enum Condition: Hashable, Sendable {
        /// Text that some field has.
        case text(String)
        case comparison(Comparison)
        case all([Condition])
        case any([Condition])
    }

    /// What one field must be like.
    package struct Comparison: Hashable, Sendable {
        package enum Operator: String, Sendable, CaseIterable {
            case equal = "="
            case notEqual = "!="
            case less = "<"
            case greater = ">"
            case lessOrEqual = "<="
            case greaterOrEqual = ">="
        }

        package let field: String
        package let operation: Operator
        package let value: String

        package init(_ field: String, _ operation: Operator, _ value: String) {
            (self.field, self.operation, self.value) = (field, operation, value)
        }
    }

    /// What the entries are sorted by.
    package struct Order: Hashable, Sendable {
        package let field: String
        package let isDescending: Bool

        package init(_ field: String, isDescending: Bool = false) {
            (self.field, self.isDescending) = (field, isDescending)
        }
    }

    /// Nil for all entries.
    package internal(set) var condition: Condition?
    /// Nil for the listing's own order.
    package internal(set) var order: Order?
    /// From 1; nil where the search says nothing of it.
    package internal(set) var page: Int?

    /// Nobody types more, and a program that does means no good.
    static let maximumBytes = 4096
    static let maximumConditions = 100
    static let maximumDepth = 16

    /// Understands a search.
    ///
    /// - Throws: `EngineError`, a bad request with one sentence that says where it fails.
    package init(parsing text: String) throws(EngineError) {
        guard text.utf8.count <= SearchExpression.maximumBytes else {
            throw .badSearch("it is longer than \(SearchExpression.maximumBytes) bytes")
        }
        var parser = SearchParser(try SearchToken.all(in: text))
        self = try parser.parse()
    }

    init() {}
}
