// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A piece of a search.
enum SearchToken: Hashable {
    /// Text without blanks: a keyword, a field's name or a value.
    case word(String)
    /// Text in double quotes, which is never a keyword.
    case quoted(String)
    case comparison(SearchExpression.Comparison.Operator)
    case opening, closing

    /// Splits a search into its pieces.
    ///
    /// - Throws: `EngineError` where a quote is not closed.
    static func all(in text: String) throws(EngineError) -> [SearchToken] {
        var rest = text[...]
        var tokens: [SearchToken] = []
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else {
                tokens.append(try next(&rest))
            }
        }
        return tokens
    }

    private static func next(_ rest: inout Substring) throws(EngineError) -> SearchToken {
        if let operation = SearchExpression.Comparison.Operator(prefixOf: rest) {
            rest.removeFirst(operation.rawValue.count)
            return .comparison(operation)
        }
        switch rest.first {
        case "(", ")": return rest.removeFirst() == "(" ? .opening : .closing
        case "\"": return .quoted(try quotation(&rest))
        default: return .word(word(&rest))
        }
    }

    /// The text up to the closing quote; a backslash takes a quote or itself as text.
    private static func quotation(_ rest: inout Substring) throws(EngineError) -> String {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\" where rest.first == "\"" || rest.first == "\\":
                text.append(rest.removeFirst())
            default: text.append(character)
            }
        }
        throw .badSearch("a closing quote is missing")
    }

    private static func word(_ rest: inout Substring) -> String {
        // What begins no other piece is text, so that no character is left over.
        var text = String(rest.removeFirst())
        while let character = rest.first, !character.isWhitespace, !"()\"".contains(character),
            SearchExpression.Comparison.Operator(prefixOf: rest) == nil
        {
            text.append(rest.removeFirst())
        }
        return text
    }
}

extension SearchExpression.Comparison.Operator {
    /// The operator that some text begins with, the longest first.
    fileprivate init?(prefixOf text: Substring) {
        let found = Self.allCases.filter { text.hasPrefix($0.rawValue) }
        guard let longest = found.max(by: { $0.rawValue.count < $1.rawValue.count }) else {
            return nil
        }
        self = longest
    }
}

extension EngineError {
    /// A search that cannot be understood.
    static func badSearch(_ reason: String) -> EngineError {
        EngineError(
            Refusal("INVALID_SEARCH", .badRequest, "The search cannot be understood: \(reason).")
        )
    }
}
