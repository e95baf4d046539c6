// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A word, a string literal (written `"`) or one character of punctuation.
struct Token {
    let text: String
    let line: Int

    /// Whether it is a name, a keyword or a number.
    var isWord: Bool { text.utf8.first.map(isWordByte) ?? false }
}

struct Comment {
    let text: String
    let lines: ClosedRange<Int>

    var isDocumentation: Bool { text.hasPrefix("///") || text.hasPrefix("/**") }
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"), 0x80...:
        true
    default: false
    }
}

/// Cuts Swift into tokens and comments, so that no rule mistakes a string or a comment for code.
///
/// Knows nested comments, raw and multi-line strings, interpolation and `#/…/#`. It does not know
/// regular expressions between bare slashes.
struct Lexer {
    private(set) var tokens: [Token] = []
    private(set) var comments: [Comment] = []

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        scanCode(insideInterpolation: false)
    }

    // MARK: Code

    private mutating func scanCode(insideInterpolation: Bool) {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                advance()
            case UInt8(ascii: "/") where looking(at: "//"): scanLineComment()
            case UInt8(ascii: "/") where looking(at: "/*"): scanBlockComment()
            case UInt8(ascii: "\""), UInt8(ascii: "#"): scanLiteral()
            case UInt8(ascii: "`"): scanQuotedName()
            case _ where isWordByte(byte): scanWord()
            default:
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if depth < 0, insideInterpolation { return advance() }
                emit(from: position, to: position + 1)
                advance()
            }
        }
    }

    private mutating func scanWord() {
        let start = position
        while let byte = peek(), isWordByte(byte) { advance() }
        emit(from: start, to: position)
    }

    /// A name between backticks may hold spaces and keywords.
    private mutating func scanQuotedName() {
        let start = position
        repeat { advance() } while peek() != nil && !looking(at: "`") && !looking(at: "\n")
        if looking(at: "`") { advance() }
        emit(from: start, to: position)
    }

    // MARK: Comments

    private mutating func scanLineComment() {
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
        comments.append(Comment(text: text(from: start, to: position), lines: line...line))
    }

    private mutating func scanBlockComment() {
        let (start, firstLine) = (position, line)
        var depth = 0
        repeat {
            if looking(at: "/*") {
                depth += 1
                advance()
            } else if looking(at: "*/") {
                depth -= 1
                advance()
            }
            advance()
        } while depth > 0 && peek() != nil
        comments.append(Comment(text: text(from: start, to: position), lines: firstLine...line))
    }

    // MARK: Literals

    private mutating func scanLiteral() {
        let (start, firstLine) = (position, line)
        while looking(at: "#") { advance() }
        let hashes = String(repeating: "#", count: position - start)
        if looking(at: "\"\"\"") {
            scanString(until: "\"\"\"" + hashes, escape: "\\" + hashes)
        } else if looking(at: "\"") {
            scanString(until: "\"" + hashes, escape: "\\" + hashes)
        } else if !hashes.isEmpty, looking(at: "/") {
            advance()
            skip(past: "/" + hashes)
        } else {
            return emit(from: start, to: position)
        }
        tokens.append(Token(text: "\"", line: firstLine))
    }

    private mutating func scanString(until end: String, escape: String) {
        let isMultiline = end.hasPrefix("\"\"\"")
        advance(by: isMultiline ? 3 : 1)
        while peek() != nil, !looking(at: end), isMultiline || !looking(at: "\n") {
            guard looking(at: escape) else {
                advance()
                continue
            }
            advance(by: escape.utf8.count)
            let isInterpolation = looking(at: "(")
            advance()
            if isInterpolation { scanCode(insideInterpolation: true) }
        }
        if looking(at: end) { advance(by: end.utf8.count) }
    }

    // MARK: Bytes

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private func looking(at word: String) -> Bool {
        bytes[min(position, bytes.count)...].starts(with: word.utf8)
    }

    private mutating func advance(by count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func skip(past end: String) {
        while peek() != nil, !looking(at: end) { advance() }
        advance(by: end.utf8.count)
    }

    private func text(from start: Int, to end: Int) -> String {
        String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func emit(from start: Int, to end: Int) {
        tokens.append(Token(text: text(from: start, to: end), line: line))
    }
}
