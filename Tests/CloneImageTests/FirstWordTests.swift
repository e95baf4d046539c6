// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What stands before the command, under the name `qemu-img`.
@Suite("First words")
struct FirstWordTests {
    private let directory: TemporaryDirectory
    private let link: String

    init() throws {
        directory = try TemporaryDirectory()
        link = try Tool.qemuImage(in: directory)
        try QemuImg.create(directory.path("a"), size: 1 << 20)
    }

    @Test(
        "words before the command end as with qemu-img",
        arguments: [
            "", "-V", "-h", "-hV", "-Vh", "--help", "--version", "-V info a", "-x info a",
            "--bogus",
            "-U", "-p info a", "-- info a", "- info a", "bogus", "collapse --help", "info -Uh a",
            "info -dash.qcow2", "info -x a", "info a a", "info", "commit a",
        ]
    )
    func status(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let theirs = try Command.run("qemu-img", words, in: directory.path)
        let ours = try Command.run("timeout", ["20", link] + words, in: directory.path)
        #expect(ours.status == theirs.status, "\(ours.standardError)")
        #expect(ours.standardError.isEmpty == (ours.status == 0))
        #expect(ours.standardError.isEmpty || ours.standardError.hasPrefix("qemu-img: "))
    }

    @Test("help tells of the commands that the name has, and of no others")
    func help() throws {
        let help = try Command.run(link, ["--help"]).text
        #expect(help.contains("USAGE: qemu-img <subcommand>"))
        #expect(help.contains("\n  compare "))
        #expect(!help.contains("\n  collapse ") && !help.contains("\n  chain "))
        #expect(try Command.run(link, ["help"]).text == help)
        #expect(try Command.run(link, ["-V"]).text == Tool.run("--version").text)
    }
}
