// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Members whose protocol says all there is to say.
private let selfEvident: Set<String> = [
    "func ==", "func <", "func hash", "func encode(to",
    "init(from", "init(rawValue", "rawValue", "hashValue", "description", "debugDescription",
]

/// The public declarations that say nothing, and whose protocol says nothing for them.
private func undocumented(in files: [SwiftFile]) -> [String] {
    let inherited = Set(files.flatMap(\.documentedRequirements))
    return files.flatMap { file in
        file.publicDeclarations
            .filter { !selfEvident.contains($0.name) && !inherited.contains($0.name) }
            .filter { !file.isDocumented($0.line) }
            .map { file.finding($0.line, "public \($0.name) has no documentation") }
    }
}

extension SwiftFile {
    fileprivate typealias Declaration = (name: String, line: Int)

    fileprivate var publicDeclarations: [Declaration] {
        tokens.indices.filter { ["public", "open"].contains(tokens[$0].text) }.compactMap { index in
            declaredName(after: index).map { ($0, tokens[index].line) }
        }
    }

    /// The names that a protocol of this file explains; who conforms need not say it again.
    fileprivate var documentedRequirements: [String] {
        let protocols = scopes.filter { $0.kind == .protocol }
        return tokens.indices.compactMap { index in
            let line = tokens[index].line
            let isRequirement = ["func", "var"].contains(tokens[index].text)
            guard isRequirement, protocols.contains(where: { $0.lines.contains(line) }),
                isDocumented(line)
            else { return nil }
            return declaredName(after: index - 1)
        }
    }

    fileprivate func isDocumented(_ line: Int) -> Bool {
        commentsAttached(above: line).contains(where: \.isDocumentation)
    }

    /// What the next declaration declares, if it is one that can be documented.
    private func declaredName(after index: Int) -> String? {
        let rest = tokens[(index + 1)...].prefix(12).map(\.text)
        guard let keyword = rest.firstIndex(where: Self.declarators.contains) else { return nil }
        let name = rest[(keyword + 1)...]
        switch rest[keyword] {
        case "import", "extension": return nil
        case "func": return "func " + Self.functionName(name)
        case "init": return "init" + name.drop { "?!".contains($0) }.prefix(2).joined()
        case "subscript": return "subscript"
        default: return name.first
        }
    }

    private static let declarators: Set<String> = [
        "actor", "associatedtype", "class", "enum", "extension", "func", "import", "init", "let",
        "protocol", "struct", "subscript", "typealias", "var",
    ]

    /// The name, the whole of an operator, or the name with its label where that decides.
    private static func functionName(_ tokens: ArraySlice<String>) -> String {
        let name = tokens.prefix { $0 != "(" }.joined()
        return name == "encode" ? tokens.prefix(3).joined() : name
    }
}

@Suite("Documentation")
struct DocumentationTests {
    @Test("everything public says what it is for")
    func tree() {
        #expect(undocumented(in: SourceTree.sources) == [])
    }

    @Test(
        "a public declaration without a doc comment is found",
        arguments: [
            "public struct A {}", "public let a = 1", "@inlinable\npublic init(a: Int) {}",
            "// not this kind\npublic static func a() {}", "/// far away\n\npublic var a = 1",
            "open class A {}", "public final class A {}", "public private(set) var a = 1",
            "public nonisolated func encode(a: Int) {}", "public subscript(a: Int) -> Int { 1 }",
        ]
    )
    func planted(text: String) {
        #expect(undocumented(in: [SwiftFile(path: "A.swift", text: text)]).count == 1)
    }

    @Test(
        "a documented, self-evident or inner declaration is fine",
        arguments: [
            "/// A thing.\npublic struct A {}", "/** A thing. */ \npublic struct A {}",
            "/// A thing.\n@inlinable\n// SAFETY: checked.\npublic func a() {}",
            "public static func == (a: A, b: A) -> Bool { true }", "public import DiskIO",
            "public func hash(into hasher: inout Hasher) {}",
            "public var description: String { a }",
            "public init(from decoder: any Decoder) throws {}", "public init?(rawValue: Int) {}",
            "public func encode(to encoder: any Encoder) throws {}", "let a = \"public let b\"",
            "package struct A {}",
        ]
    )
    func fine(text: String) {
        #expect(undocumented(in: [SwiftFile(path: "A.swift", text: text)]) == [])
    }
    @Test("a documented requirement speaks for those who meet it, a silent one does not")
    func inherited() {
        func findings(_ requirement: String) -> [String] {
            undocumented(in: [
                SwiftFile(path: "P.swift", text: "protocol P {\n\(requirement)\n}"),
                SwiftFile(path: "A.swift", text: "public func write() {}\npublic let path = 1"),
            ])
        }
        let path = "/// Where.\nvar path: Int { get }"
        #expect(findings("/// Writes.\nfunc write()\n\(path)") == [])
        #expect(findings("func write()\n\(path)").count == 1)
        #expect(findings("func write()\nvar path: Int { get }").count == 2)
    }
}
