// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A declaration with a body: a type, or a function in the widest sense.
struct Scope {
    enum Kind {
        /// Something that runs: `func`, `init`, `deinit`, `subscript` or a computed `var`.
        case function
        /// A `struct`, `class`, `enum`, `actor` or `extension`.
        case type
        /// Nothing in a protocol has a body.
        case `protocol`
        /// A closure, or the block of a statement.
        case block
    }

    let kind: Kind
    let name: String
    /// From the line of the keyword to the line of the closing brace.
    let lines: ClosedRange<Int>
    /// The lines between the braces, as the eye counts them; 1 when all stands on one line.
    let bodyLines: Int
}

/// Finds declarations by following the braces.
struct ScopeFinder {
    private struct Opening {
        var kind: Scope.Kind
        var name: String
        var line: Int
        var depth: Int
        var braceLine = 0
    }

    private(set) var scopes: [Scope] = []
    /// Whether every brace and bracket found its partner; if not, a literal was misread.
    var isBalanced: Bool { open.isEmpty && depth == 0 && !hasStrayBrace }

    private let tokens: [Token]
    private var open: [Opening] = []
    private var announced: Opening?
    private var depth = 0
    private var hasStrayBrace = false

    init(_ tokens: [Token]) {
        self.tokens = tokens
        for index in tokens.indices { visit(index) }
    }

    private mutating func visit(_ index: Int) {
        switch tokens[index].text {
        case "(", "[": depth += 1
        case ")", "]": depth -= 1
        case "{": openBrace(at: tokens[index].line)
        case "}": closeBrace(at: tokens[index].line)
        default:
            if let kind = declaration(at: index) { announce(kind, at: index) }
        }
    }

    private mutating func announce(_ kind: Scope.Kind, at index: Int) {
        let keyword = tokens[index]
        let isNamed = ["func", "var"].contains(keyword.text) || kind != .function
        let name = isNamed ? tokens[index + 1].text : keyword.text
        announced = Opening(kind: kind, name: name, line: keyword.line, depth: depth)
    }

    private mutating func openBrace(at line: Int) {
        var opening = Opening(kind: .block, name: "", line: line, depth: depth)
        if let declaration = announced, declaration.depth == depth {
            opening = declaration
            announced = nil
        }
        opening.braceLine = line
        open.append(opening)
    }

    private mutating func closeBrace(at line: Int) {
        if announced?.depth == depth { announced = nil }
        guard let opening = open.popLast() else { return hasStrayBrace = true }
        guard opening.kind != .block else { return }
        let scope = Scope(
            kind: opening.kind,
            name: opening.name,
            lines: opening.line...line,
            bodyLines: max(1, line - opening.braceLine - 1)
        )
        scopes.append(scope)
    }

    // MARK: Declarations

    private func declaration(at index: Int) -> Scope.Kind? {
        let previous = index > 0 ? tokens[index - 1].text : ""
        guard previous != ".", previous != "import", index + 1 < tokens.count else { return nil }
        let next = tokens[index + 1]
        let surrounding = open.last?.kind
        switch tokens[index].text {
        case "struct", "enum", "extension", "actor", "class":
            let isName = next.isWord && !["func", "var", "subscript"].contains(next.text)
            return isName ? .type : nil
        case "protocol":
            return next.isWord ? .protocol : nil
        case "func":
            return surrounding == .protocol ? nil : .function
        case "init", "subscript":
            let hasParameters = ["(", "<", "?", "!"].contains(next.text)
            return surrounding == .type && hasParameters ? .function : nil
        case "deinit":
            return surrounding == .type ? .function : nil
        case "var":
            return surrounding != .protocol && isComputed(at: index) ? .function : nil
        default:
            return nil
        }
    }

    /// Whether `var name: Type` is followed by a brace, and no value, on its line.
    private func isComputed(at index: Int) -> Bool {
        guard index + 2 < tokens.count, tokens[index + 2].text == ":" else { return false }
        let rest = tokens[(index + 3)...].prefix { $0.line == tokens[index].line }
        var nesting = 0
        for token in rest {
            switch token.text {
            case "(", "[": nesting += 1
            case ")", "]": nesting -= 1
            case "{" where nesting == 0: return true
            case "=", "}": return false
            default: break
            }
        }
        return false
    }
}
