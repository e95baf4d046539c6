// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Testing

@Suite("Searches in oVirt's query language")
struct SearchExpressionTests {
    private typealias Condition = SearchExpression.Condition

    private static func equal(_ field: String, _ value: String) -> Condition {
        .comparison(.init(field, .equal, value))
    }

    private static let understood: [(String, Condition?)] = [
        ("", nil),
        ("   ", nil),
        ("name=x", equal("name", "x")),
        ("NAME = x", equal("name", "x")),
        ("name=\"x y\"", equal("name", "x y")),
        ("name=\"say \\\"x\\\" \\\\\"", equal("name", "say \"x\" \\")),
        ("name=x*", equal("name", "x*")),
        ("name=and", equal("name", "and")),
        ("name=\"\"", equal("name", "")),
        ("time>2026-01-02T03:04:05Z", .comparison(.init("time", .greater, "2026-01-02T03:04:05Z"))),
        ("size>=10GB", .comparison(.init("size", .greaterOrEqual, "10GB"))),
        ("size <= 1", .comparison(.init("size", .lessOrEqual, "1"))),
        ("size<1", .comparison(.init("size", .less, "1"))),
        ("name!=x", .comparison(.init("name", .notEqual, "x"))),
        ("web", .text("web")),
        ("\"or\"", .text("or")),
        ("web server", .all([.text("web"), .text("server")])),
        ("a=1 AND b=2", .all([equal("a", "1"), equal("b", "2")])),
        ("a=1 or b=2 and c=3", .any([equal("a", "1"), .all([equal("b", "2"), equal("c", "3")])])),
        ("(a=1 or b=2) c=3", .all([.any([equal("a", "1"), equal("b", "2")]), equal("c", "3")])),
        ("name=ümläut-名前", equal("name", "ümläut-名前")),
        ("!x", .text("!x")),
    ]

    @Test("conditions are understood", arguments: understood)
    func conditions(text: String, condition: SearchExpression.Condition?) throws {
        #expect(try SearchExpression(parsing: text).condition == condition)
    }

    @Test("sorting and pages are understood, in either order and after a condition or none")
    func tail() throws {
        let sorted = try SearchExpression(parsing: "sortby time asc")
        #expect(sorted.order == .init("time"))
        #expect(sorted.condition == nil)
        let whole = try SearchExpression(parsing: "name=x* SORTBY Name DESC page 3")
        #expect(whole.order == .init("name", isDescending: true))
        #expect(whole.page == 3)
        #expect(try SearchExpression(parsing: "page 2 sortby name").order == .init("name"))
        #expect(try SearchExpression(parsing: "page 2").page == 2)
    }

    private static let refused: [(String, String)] = [
        ("name=", "a value is missing after 'name='"),
        ("=x", "a field is missing before '='"),
        ("name=x and", "a condition is missing before its end"),
        ("name=x and or y", "a condition is missing before 'or'"),
        ("or", "a condition is missing before 'or'"),
        ("name=x or sortby name", "a condition is missing before 'sortby'"),
        ("name=\"x", "a closing quote is missing"),
        ("(name=x", "a closing parenthesis is missing"),
        ("name=x)", "a closing parenthesis has no opening one"),
        ("()", "a condition is missing before a closing parenthesis"),
        ("sortby", "a field is missing after 'sortby'"),
        ("sortby page 2", "a field is missing after 'sortby'"),
        ("page", "'page' is followed by a number from 1 to 2147483647"),
        ("page 0", "'page' is followed by a number from 1 to 2147483647"),
        ("page 99999999999", "'page' is followed by a number from 1 to 2147483647"),
        ("page 1 name=x", "nothing but 'sortby' and 'page' follows 'sortby' and 'page'"),
        (String(repeating: "(", count: 1000), "it has too many conditions"),
        (String(repeating: "x ", count: 101), "it has too many conditions"),
        (String(repeating: "x", count: 4097), "it is longer than 4096 bytes"),
    ]

    @Test("what is no search is refused with a sentence that says why", arguments: refused)
    func refusals(text: String, reason: String) {
        let error = #expect(throws: EngineError.self) { try SearchExpression(parsing: text) }
        #expect(error?.kind == .badRequest)
        #expect(error?.refusals.map(\.key) == ["INVALID_SEARCH"])
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("any text is understood or refused")
    func anyText() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "name", "=", "!=", "<", ">=", "(", ")", "\"", "\\", " ", "and", "or", "sortby", "page",
            "*",
            "%", "_", "'", "1", "é", "\0", "--", ";",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0..<24, using: &generator))
                .compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            do {
                _ = try SearchExpression(parsing: text)
            } catch { #expect(error.kind == .badRequest, "\(text.debugDescription)") }
        }
    }
}
