// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Turns a search's pieces into what they mean.
struct SearchParser {
    private var tokens: ArraySlice<SearchToken>
    private var conditionCount = 0

    init(_ tokens: [SearchToken]) { self.tokens = tokens[...] }

    /// The whole search: a condition, then how to sort and which page, in any order.
    mutating func parse() throws(EngineError) -> SearchExpression {
        var expression = SearchExpression()
        if !isAtEnd { expression.condition = try alternatives(depth: 0) }
        while !tokens.isEmpty {
            if take("sortby") {
                expression.order = try order()
            } else if take("page") {
                expression.page = try page()
            } else if tokens.first == .closing {
                throw .badSearch("a closing parenthesis has no opening one")
            } else {
                let keywords = "nothing but 'sortby' and 'page' follows 'sortby' and 'page'"
                throw .badSearch("\(keywords), but \(described) does")
            }
        }
        return expression
    }

    /// Conditions of which one must hold.
    private mutating func alternatives(
        depth: Int
    ) throws(EngineError) -> SearchExpression.Condition {
        var conditions = [try conjunction(depth)]
        while take("or") { conditions.append(try conjunction(depth)) }
        return conditions.count == 1 ? conditions[0] : .any(conditions)
    }

    /// Conditions that must all hold; the `and` between them may be left out.
    private mutating func conjunction(
        _ depth: Int
    ) throws(EngineError) -> SearchExpression.Condition {
        var conditions = [try condition(depth)]
        while take("and") || !isAtEnd && !isNext("or") && tokens.first != .closing {
            conditions.append(try condition(depth))
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    private mutating func condition(
        _ depth: Int
    ) throws(EngineError) -> SearchExpression.Condition {
        conditionCount += 1
        guard conditionCount <= SearchExpression.maximumConditions,
            depth < SearchExpression.maximumDepth
        else { throw .badSearch("it has too many conditions") }
        guard !isAtEnd, !isNext("and"), !isNext("or") else {
            throw .badSearch("a condition is missing before \(described)")
        }
        switch tokens.popFirst() {
        case .opening: return try group(depth)
        case .quoted(let text): return .text(text)
        case .word(let text): return try comparison(text)
        case .comparison(let operation)?:
            throw .badSearch("a field is missing before '\(operation.rawValue)'")
        default: throw .badSearch("a condition is missing before a closing parenthesis")
        }
    }

    private mutating func group(_ depth: Int) throws(EngineError) -> SearchExpression.Condition {
        let condition = try alternatives(depth: depth + 1)
        guard tokens.popFirst() == .closing else {
            throw .badSearch("a closing parenthesis is missing")
        }
        return condition
    }

    /// A field's comparison; a word that no comparison follows is text.
    private mutating func comparison(
        _ word: String
    ) throws(EngineError) -> SearchExpression.Condition {
        guard case .comparison(let operation)? = tokens.first else { return .text(word) }
        tokens.removeFirst()
        switch tokens.popFirst() {
        case .word(let value), .quoted(let value):
            return .comparison(.init(word.lowercased(), operation, value))
        default: throw .badSearch("a value is missing after '\(word)\(operation.rawValue)'")
        }
    }

    private mutating func order() throws(EngineError) -> SearchExpression.Order {
        guard !isAtEnd, case .word(let field)? = tokens.popFirst() else {
            throw .badSearch("a field is missing after 'sortby'")
        }
        let isDescending = take("desc")
        if !isDescending { _ = take("asc") }
        return .init(field.lowercased(), isDescending: isDescending)
    }

    private mutating func page() throws(EngineError) -> Int {
        guard case .word(let text)? = tokens.popFirst(), let number = Int32(text), number > 0 else {
            throw .badSearch("'page' is followed by a number from 1 to \(Int32.max)")
        }
        return Int(number)
    }

    /// True where the conditions are over.
    private var isAtEnd: Bool { tokens.isEmpty || isNext("sortby") || isNext("page") }

    /// True when the next piece is a keyword, however it is written.
    private func isNext(_ keyword: String) -> Bool {
        guard case .word(let word)? = tokens.first else { return false }
        return word.lowercased() == keyword
    }

    private mutating func take(_ keyword: String) -> Bool {
        guard isNext(keyword) else { return false }
        tokens.removeFirst()
        return true
    }

    /// The next piece, for messages.
    private var described: String {
        switch tokens.first {
        case .word(let text), .quoted(let text): "'\(text.prefix(40))'"
        case .comparison(let operation): "'\(operation.rawValue)'"
        case .opening: "an opening parenthesis"
        case .closing: "a closing parenthesis"
        case nil: "its end"
        }
    }
}
