// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("Help of clone-vm")
struct HelpTests {
    /// What the tool's parser knows of a command.
    struct Dump: Decodable {
        struct Argument: Decodable {
            let abstract: String?
            let shouldDisplay: Bool
        }
        let commandName: String
        let abstract: String?
        let arguments: [Argument]?
        let subcommands: [Dump]?

        /// Those of our own.
        private var commands: [Dump] {
            (subcommands ?? []).filter { $0.commandName != "help" }
        }

        /// The words of each command below this one.
        func paths(_ parents: [String] = []) -> [[String]] {
            [parents]
                + commands.flatMap { $0.paths(parents + [$0.commandName]) }
        }

        /// The names of all commands below this one, in the order of help.
        var names: [String] { commands.flatMap { [$0.commandName] + $0.names } }

        /// What is said of all commands below this one, and of what they take.
        var sentences: [String] {
            commands.flatMap { command in
                let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
                return [command.abstract].compactMap(\.self) + arguments.compactMap(\.abstract)
                    + command.sentences
            }
        }

        var unexplained: [String] {
            (abstract == nil ? [commandName] : [])
                + (arguments ?? []).filter { $0.shouldDisplay && $0.abstract == nil }
                .map { _ in commandName }
                + commands.flatMap(\.unexplained)
        }
    }

    private struct Root: Decodable { let command: Dump }

    private func root() throws -> Dump {
        try Command.run(Host.path(), ["--experimental-dump-help"]).decoded(as: Root.self).command
    }

    @Test("every command and option is explained, and help fits into 80 columns")
    func everything() throws {
        let root = try root()
        #expect(root.unexplained == [])
        #expect(root.paths().count > 30)
        for words in root.paths() {
            let output = try Command.run(Host.path(), words + ["--help"])
            #expect(output.status == 0)
            let wide = output.text.split(separator: "\n").map(String.init).filter { $0.count > 80 }
            #expect(wide == [], "\(words)")
        }
    }

    @Test("help lists every exit code")
    func exitCodes() throws {
        let help = try Command.run(Host.path(), ["--help"]).text
        for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "64 ", "129, 130, 143 "] {
            #expect(help.contains("\n  \(code)"), "\(code)")
        }
    }

    @Test("the state is found in the environment")
    func environment() throws {
        let directory = try TemporaryDirectory()
        for (name, place) in [("CLONE_VM_STATE", ""), ("XDG_STATE_HOME", "/clone-vm")] {
            let path = directory.path(name)
            let words = ["-u", "CLONE_VM_STATE", "\(name)=\(path)", try Host.path(), "vm", "list"]
            try Command.runSuccessfully("env", words)
            try Command.runSuccessfully("test", ["-f", "\(path)\(place)/engine.sqlite"])
        }
    }
}
