// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A Swift file, read once and asked by every rule.
struct SwiftFile {
    let path: String
    let text: String
    let tokens: [Token]
    let comments: [Comment]
    let scopes: [Scope]
    let isBalanced: Bool

    private let firstTokenOfLine: [Int: String]
    private let commentOfLine: [Int: Comment]

    init(path: String, text: String) {
        let lexer = Lexer(text)
        self.path = path
        self.text = text
        tokens = lexer.tokens
        comments = lexer.comments
        let finder = ScopeFinder(lexer.tokens)
        scopes = finder.scopes
        isBalanced = finder.isBalanced
        firstTokenOfLine = Dictionary(tokens.map { ($0.line, $0.text) }) { first, _ in first }
        commentOfLine = Dictionary(
            comments.flatMap { comment in comment.lines.map { ($0, comment) } }
        ) { first, _ in first }
    }

    var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }

    var functions: [Scope] { scopes.filter { $0.kind == .function } }

    /// The name of the module, for a file under `Sources`.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// The declarations around a line, the innermost last.
    func scopes(around line: Int) -> [Scope] {
        scopes.filter { $0.lines.contains(line) }.sorted { $0.lines.count > $1.lines.count }
    }

    /// The comments that stand right above a declaration, attributes in between allowed.
    func commentsAttached(above line: Int) -> [Comment] {
        var found: [Comment] = []
        var line = line - 1
        while true {
            if firstTokenOfLine[line] == "@" {
                line -= 1
            } else if firstTokenOfLine[line] == nil, let comment = commentOfLine[line] {
                found.append(comment)
                line = comment.lines.lowerBound - 1
            } else {
                return found
            }
        }
    }

    func token(before index: Int, by distance: Int = 1) -> String {
        index >= distance ? tokens[index - distance].text : ""
    }

    func token(after index: Int, by distance: Int = 1) -> String {
        index + distance < tokens.count ? tokens[index + distance].text : ""
    }

    /// What a rule has to say about a line.
    func finding(_ line: Int, _ sentence: String) -> String { "\(path):\(line): \(sentence)" }
}
