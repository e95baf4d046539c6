// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Nothing is ever longer than this.
private enum Limit {
    static let functionLines = 70
    static let fileLines = 600
    static let medianFunctionLines = 8
    static let ninetiethPercentileLines = 25
}

/// The worst that is left: lower a number when the tree has become better, never raise one.
private enum Ratchet {
    static let functionLines = 45
    static let fileLines = 260
    static let medianFunctionLines = 4
    static let ninetiethPercentileLines = 18
}

private func longFunctions(in file: SwiftFile, limit: Int) -> [String] {
    file.functions.filter { $0.bodyLines > limit }.map {
        file.finding($0.lines.lowerBound, "\($0.name) has \($0.bodyLines) lines, limit \(limit)")
    }
}

private func longFile(_ file: SwiftFile, limit: Int) -> [String] {
    guard file.lineCount > limit else { return [] }
    return [file.finding(limit + 1, "the file has \(file.lineCount) lines, limit \(limit)")]
}

/// The smallest length that so many per cent of the lengths do not exceed; 0 for none.
private func percentile(_ percent: Int, of lengths: [Int]) -> Int {
    guard !lengths.isEmpty else { return 0 }
    return lengths.sorted()[(lengths.count * percent + 99) / 100 - 1]
}

@Suite("Sizes")
struct SizeTests {
    private let everything = SourceTree.sources + SourceTree.tests
    private let lengths = SourceTree.sources.flatMap(\.functions).map(\.bodyLines)

    @Test("no function is too long to be seen at once")
    func functions() {
        #expect(
            SourceTree.sources.flatMap { longFunctions(in: $0, limit: Ratchet.functionLines) }
                == []
        )
        #expect(everything.flatMap { longFunctions(in: $0, limit: Limit.functionLines) } == [])
    }

    @Test("no file is too long to be read at once")
    func files() {
        #expect(SourceTree.sources.flatMap { longFile($0, limit: Ratchet.fileLines) } == [])
        #expect(everything.flatMap { longFile($0, limit: Limit.fileLines) } == [])
    }

    @Test("most functions are short")
    func spread() {
        #expect(percentile(50, of: lengths) <= Ratchet.medianFunctionLines)
        #expect(percentile(90, of: lengths) <= Ratchet.ninetiethPercentileLines)
    }

    @Test("a ratchet never stands above its limit")
    func ratchets() {
        #expect(Ratchet.functionLines <= Limit.functionLines)
        #expect(Ratchet.fileLines <= Limit.fileLines)
        #expect(Ratchet.medianFunctionLines <= Limit.medianFunctionLines)
        #expect(Ratchet.ninetiethPercentileLines <= Limit.ninetiethPercentileLines)
    }
}

@Suite("Measuring sizes")
struct SizeMeasureTests {
    private func body(of count: Int) -> String { String(repeating: "    step()\n", count: count) }

    private func names(in text: String, limit: Int = 70) -> [String] {
        SwiftFile(path: "A.swift", text: text).functions
            .filter { $0.bodyLines > limit }.map(\.name)
    }

    @Test(
        "71 lines are found in everything that runs",
        arguments: [
            "func long() {\n#}", "struct S { init?(a: Int = { 1 }()) throws {\n#} }",
            "final class C { deinit {\n#} }", "extension A { subscript<T>(a: T) -> T {\n#} }",
            "enum E { var long: [Int] {\n#} }", "class C { class func a() -> (Int) -> Int {\n#} }",
            "func outer() { func long() throws(E) where T == [Int] {\n#} }",
        ]
    )
    func long(template: String) {
        #expect(!names(in: template.replacing("#", with: body(of: 71))).isEmpty)
        #expect(names(in: template.replacing("#", with: body(of: 70))).isEmpty)
    }

    @Test("braces in strings and comments do not count")
    func disguises() {
        let text = ##"""
            func first() {
                let a = "}"; let b = #"}"\#(String(repeating: "}", count: 2))"#
                // }
                /* } /* } */ } */
                let c = """
                    } \(d.map { "\($0)}" }) """ + "\"}"
                let d = #/}/#
            }
            func second() { }
            """##
        let functions = SwiftFile(path: "A.swift", text: text).functions
        #expect(functions.map(\.name) == ["first", "second"])
        #expect(functions.map(\.bodyLines) == [6, 1])
    }

    @Test("requirements, calls, closures and stored values are no functions")
    func others() {
        let text = """
            import struct A.B
            protocol P { func a(); init(); var b: Int { get } }
            struct S {
                let c = { 1 }()
                var d: Int = 2
                static let e = Self.init(extension: 1)
                var f: Int
                func `g init {`() { self.init(); return .init { } }
            }
            """
        #expect(names(in: text, limit: 0) == ["`g init {`"])
    }

    @Test("every file is read without losing a brace")
    func balance() {
        #expect(!SwiftFile(path: "A.swift", text: "func a() { (}").isBalanced)
        #expect(!SwiftFile(path: "A.swift", text: "}{").isBalanced)
        let misread = (SourceTree.sources + SourceTree.tests).filter { !$0.isBalanced }
        #expect(misread.map(\.path) == [])
    }

    @Test("a file of 601 lines is found, one of 600 is not")
    func file() {
        let longest = SwiftFile(path: "A.swift", text: body(of: 600))
        let tooLong = SwiftFile(path: "A.swift", text: body(of: 601))
        #expect(longFile(longest, limit: 600) == [])
        #expect(longFile(tooLong, limit: 600).count == 1)
    }

    @Test("percentiles")
    func percentiles() {
        #expect(percentile(50, of: []) == 0)
        #expect(percentile(50, of: [3]) == 3)
        #expect(percentile(50, of: [9, 1, 5]) == 5)
        #expect(percentile(90, of: Array(1...10)) == 9)
    }
}
