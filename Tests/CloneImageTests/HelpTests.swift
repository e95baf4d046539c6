// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("Help")
struct HelpTests {
    @Test("help fits into 80 columns", arguments: [["--help"], ["help", "collapse"]])
    func width(words: [String]) throws {
        let output = try Command.run(Tool.path(), words)
        #expect(output.isSuccess)
        let lines = output.text.split(separator: "\n")
        #expect(lines.count > 10)
        #expect(lines.filter { $0.count > 80 } == [])
    }

    @Test("no words at all get help, and collapse is explained in two ways")
    func ways() throws {
        #expect(try Tool.run().text == Tool.run("--help").text)
        let help = try Tool.run("help", "collapse").text
        #expect(try Tool.run("collapse", "--help").text == help)
        #expect(help.contains("USAGE: clone-image collapse"))
    }

    @Test("help lists every exit code")
    func exitCodes() throws {
        let help = try Tool.run("--help").text
        for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "64 ", "129, 130, 143 "] {
            #expect(help.contains("\n  \(code)"), "\(code)")
        }
    }

    @Test("the version is told")
    func version() throws {
        let output = try Tool.run("--version")
        #expect(output.isSuccess)
        #expect(output.text.contains(#/^\d+\.\d+\.\d+\n$/#))
    }

    @Test("a command that does not exist is wrong usage")
    func unknown() throws {
        let output = try Tool.run("colapse")
        #expect(output.status == 64)
        #expect(output.standardError.hasPrefix("clone-image: "))
        #expect(output.standardError.contains("'colapse'"))
    }
}
