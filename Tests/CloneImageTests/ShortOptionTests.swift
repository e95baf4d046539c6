// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import clone_image

/// Options of one letter, which `getopt` lets stand in one word.
@Suite("Short options")
struct ShortOptionTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try QemuImg.create(directory.path("a"), size: 1 << 20)
        try QemuImg.io(directory.path("a"), ["write -q -P 5 64k 100k"])
        try QemuImg.snapshot("first", of: directory.path("a"))
        try QemuImg.create(
            directory.path("top"),
            size: 1 << 20,
            backing: directory.path("a")
        )
    }

    @Test(
        "joined options are read as qemu-img reads them",
        arguments: [
            "convert -Oqcow2 -ocluster_size=4k a t", "convert -lsnapshot.name=first a t",
            "convert -cqOqcow2 a t", "convert a t -Oqcow2", "convert -WCm1 a t", "convert -O",
            "convert -r1M -qWm 4 a t", "convert -S4k -Oraw -- a t", "convert -l -1 a t",
            "convert -tnone -Tnone a t", "convert -Ba -Fqcow2 -Oqcow2 top t", "convert -qd a t",
            "convert -f=qcow2 a t", "convert -O qcow2 -o -c a t",
            "create -qfqcow2 t 1G", "create -fqcow2 t 1G", "create -qfqcow2 -oqcow t 1G",
            "create -qfqcow2 -ocluster_size=4k,compat=1.1 t 1G", "create -ufqcow2 -ba -Fqcow2 t 1G",
            "info -Ufraw a", "info -xU a", "info -U -- a", "info -f", "info -- -U",
            "check -qfqcow2 a", "check -rleaks a", "check -qrall -Tnone a", "check -rxx a",
            "map -Us64k a", "map -Us 64k -l64k -fqcow2 a", "measure -UOqcow2 a",
            "measure -Oqcow2 -lsnapshot.name=first -ocluster_size=4k a", "rebase -ubnone -Fraw top",
            "rebase -uqfqcow2 -ba -Fqcow2 top", "snapshot -qlU a", "snapshot -lx a",
            "snapshot -ll a",
        ]
    )
    func joined(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let comparison = try Comparison.settled(words, in: directory.path)
        #expect(comparison.isEqual, "\(comparison)")
    }

    private struct Dump: Decodable {
        struct Tool: Decodable { let subcommands: [Command] }
        struct Command: Decodable {
            let commandName: String
            let arguments: [Argument]?
        }
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }
            let kind: String
            let names: [Name]?
        }
        let command: Tool
    }

    @Test("every letter that a command declares is known, with or without a value")
    func letters() throws {
        let dump = try Tool.run("--experimental-dump-help").decoded(as: Dump.self).command
        let commands = dump.subcommands.filter { ShortOptions.letters[$0.commandName] != nil }
        #expect(commands.count == ShortOptions.letters.count)
        for command in commands {
            let letters = try #require(ShortOptions.letters[command.commandName])
            for (kind, known) in [("flag", letters.flags + "h"), ("option", letters.withValue)] {
                let arguments = (command.arguments ?? []).filter { $0.kind == kind }
                let declared = arguments.flatMap { $0.names ?? [] }.filter { $0.kind == "short" }
                #expect(declared.map(\.name).sorted() == known.map(String.init).sorted())
            }
        }
    }
}
