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

    @Test(
        "every command explains itself, under both names",
        arguments: [
            "check", "compare", "convert", "create", "info", "map", "measure", "rebase", "snapshot",
            "collapse", "chain", "digest", "clean",
        ]
    )
    func commands(name: String) throws {
        let directory = try TemporaryDirectory()
        let link = try Tool.qemuImage(in: directory)
        let help = try Tool.run("help", name)
        #expect(help.isSuccess)
        #expect(help.text.contains("\nUSAGE: clone-image \(name) "))
        let isTheirs = !["collapse", "chain", "digest", "clean"].contains(name)
        for words in [[name, "-h"], [name, "--help"], [name, "a", "--help"]] {
            #expect(try Command.run("timeout", ["20", Tool.path()] + words).text == help.text)
            guard isTheirs else { continue }
            let output = try Command.run("timeout", ["20", link] + words)
            #expect(output.isSuccess, "\(words)")
            #expect(output.text.contains("\nUSAGE: qemu-img \(name) "), "\(words)")
        }
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
