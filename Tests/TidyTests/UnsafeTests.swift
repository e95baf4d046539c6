// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The only places where memory is handled by hand.
private let unsafeFolders = [
    "Sources/DiskIO/", "Sources/QCow2/Codec/", "Sources/CloneLibvirt/Calls/",
]

/// How far above its use a reason may stand.
private let reasonDistance = 6

private func misplacedUnsafe(in file: SwiftFile) -> [String] {
    guard !unsafeFolders.contains(where: file.path.hasPrefix) else { return [] }
    let prefixes = ["unsafe", "Unsafe", "withUnsafe"]
    let places = unsafeFolders.joined(separator: " or ")
    return file.tokens
        .filter { token in prefixes.contains { token.text.hasPrefix($0) } }
        .map { file.finding($0.line, "\($0.text) belongs in \(places)") }
}

private func unexplainedUnsafe(in file: SwiftFile) -> [String] {
    file.unsafeExpressions
        .filter { !file.hasReasonNear($0) && !file.hasReasonOnType($0) }
        .map { file.finding($0, "unsafe without a SAFETY comment") }
}

extension SwiftFile {
    /// The lines of the expressions marked `unsafe`; attributes and isolation are something else.
    fileprivate var unsafeExpressions: [Int] {
        tokens.indices.filter { index in
            tokens[index].text == "unsafe" && token(before: index) != "@"
                && token(before: index, by: 2) != "nonisolated"
        }.map { tokens[$0].line }
    }

    fileprivate func hasReasonNear(_ line: Int) -> Bool {
        let top = scopes(around: line).last.map { scope in
            commentsAttached(above: scope.lines.lowerBound).map(\.lines.lowerBound).min()
                ?? scope.lines.lowerBound
        }
        let window = max(line - reasonDistance, top ?? 1)...line
        return comments.contains { $0.isReason && window.contains($0.lines.lowerBound) }
    }

    fileprivate func hasReasonOnType(_ line: Int) -> Bool {
        scopes(around: line).filter { $0.kind == .type }
            .flatMap { commentsAttached(above: $0.lines.lowerBound) }
            .contains(where: \.isReason)
    }
}

extension Comment {
    fileprivate var isReason: Bool { text.hasPrefix("// SAFETY: ") }
}

@Suite("Unsafe code")
struct UnsafeTests {
    @Test("unsafe code lives in the modules that own memory")
    func places() {
        #expect(SourceTree.sources.flatMap(misplacedUnsafe) == [])
    }

    @Test("every unsafe expression says why it is safe")
    func reasons() {
        #expect(SourceTree.sources.flatMap(unexplainedUnsafe) == [])
    }

    @Test(
        "unsafe code elsewhere is found",
        arguments: [
            "let a = unsafe b.load()", "nonisolated(unsafe) var a = 1",
            "func a(_ b: UnsafeRawBufferPointer) {}", "a.withUnsafeBytes { _ in }",
            "let a = unsafeBitCast(b, to: Int.self)",
        ]
    )
    func misplaced(text: String) {
        func findings(_ path: String) -> [String] {
            misplacedUnsafe(in: SwiftFile(path: path, text: text))
        }
        #expect(findings("Sources/QCow2/Image/A.swift").count == 1)
        #expect(findings("Sources/QCow2/Codec/A.swift") == [])
        #expect(findings("Sources/DiskIO/A.swift") == [])
    }

    @Test("the word in a comment or a string is no code")
    func harmless() {
        let file = SwiftFile(path: "A.swift", text: "// unsafe\nlet a = \"unsafe \\(b)\"")
        #expect(misplacedUnsafe(in: file) == [])
    }

    @Test(
        "a reason counts when it is near and inside",
        arguments: [
            ("func a() {\n    // SAFETY: checked.\n    unsafe b()\n}", 0),
            ("// SAFETY: checked.\n@inlinable\nfunc a() { unsafe b() }", 0),
            ("// SAFETY: owned.\nstruct A {\n\n\n\n\n\n\n    func a() { unsafe b() }\n}", 0),
            ("@unsafe func a() { nonisolated(unsafe) let b = 1 }", 0),
            ("func a() { unsafe b() }", 1),
            ("func a() {\n    // checked.\n    unsafe b()\n}", 1),
            ("func a() { // SAFETY: checked.\n}\nfunc b() {\n    unsafe c()\n}", 1),
            ("func a() {\n    // SAFETY: checked.\n\n\n\n\n\n    unsafe b()\n    unsafe c()\n}", 1),
        ]
    )
    func explained(text: String, count: Int) {
        #expect(unexplainedUnsafe(in: SwiftFile(path: "A.swift", text: text)).count == count)
    }
}
