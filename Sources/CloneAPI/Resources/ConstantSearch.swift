// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// A search among the few things that are in no store, by their names and ids.
struct ConstantSearch {
    private let expression: SearchExpression
    private let options: ListingOptions

    /// Understands a search.
    ///
    /// - Throws: `EngineError`, when it is none.
    init(_ options: ListingOptions) throws {
        (expression, self.options) = (try SearchExpression(parsing: options.search), options)
    }

    /// Whether a thing is on the page that was asked for.
    func finds(_ element: Element) throws -> Bool {
        guard (expression.page ?? options.page) == 1, options.maximum != 0 else { return false }
        return try expression.condition.map { try matches($0, element) } ?? true
    }

    private func matches(
        _ condition: SearchExpression.Condition,
        _ element: Element
    ) throws -> Bool {
        switch condition {
        case .all(let parts): try parts.allSatisfy { try matches($0, element) }
        case .any(let parts): try parts.contains { try matches($0, element) }
        case .text(let text): isLike(element.text("name") ?? "", "*\(text)*")
        case .comparison(let comparison): try matches(comparison, element)
        }
    }

    private func matches(
        _ comparison: SearchExpression.Comparison,
        _ element: Element
    ) throws -> Bool {
        let field = comparison.field.lowercased()
        // What is not shown of a thing is the same for all.
        guard let value = field == "id" ? element.id : element.text(field) else { return true }
        switch comparison.operation {
        case .equal: return isLike(value, comparison.value)
        case .notEqual: return !isLike(value, comparison.value)
        default: throw Fault.badValue("search", comparison.field, "= and != here")
        }
    }

    /// Whether a text is like a pattern, whose stars stand for anything.
    private func isLike(_ text: String, _ pattern: String) -> Bool {
        let (text, pattern) =
            options.isCaseSensitive ? (text, pattern) : (text.lowercased(), pattern.lowercased())
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else {
            return text == pattern
        }
        guard text.hasPrefix(first), text.count >= first.count + last.count, text.hasSuffix(last)
        else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.range(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
