// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// The commands that take `qemu-img`'s arguments, and exit with its codes: 0 or 1.
enum QemuCommands {
    static let types: [any ParsableCommand.Type] = [
        InfoCommand.self, MapCommand.self, SnapshotCommand.self,
    ]

    /// True when the program was started under the name `qemu-img`.
    static let isOurName =
        CommandLine.arguments.first?.split(separator: "/").last == "qemu-img"

    /// Runs the command that the first word names, if it is one of these, and ends the program.
    ///
    /// The command is parsed on its own, without the whole program's tree: that takes less time than
    /// the rest of the work.
    static func runIfNamed(_ words: ArraySlice<String>) {
        guard let type = types.first(where: { $0.configuration.commandName == words.first }) else {
            guard isOurName, let word = words.first, !word.hasPrefix("-") else { return }
            let names = types.compactMap { $0.configuration.commandName }.joined(separator: ", ")
            Output.complain("there is no command '\(word)' here, only \(names)")
            CloneImage.exit(withError: ExitCode.failure)
        }
        var command: any ParsableCommand
        do { command = try type.parse(Array(words.dropFirst())) } catch {
            // What is wrong with the words, or help, is told by the whole program.
            do { command = try CloneImage.parseAsRoot(Array(words)) } catch { end(with: error) }
        }
        do { try command.run() } catch { end(with: error) }
        CloneImage.exit()
    }

    private static func end(with error: any Error) -> Never {
        guard CloneImage.exitCode(for: error) == .validationFailure else {
            CloneImage.exit(withError: error)
        }
        Output.complain(CloneImage.message(for: error))
        CloneImage.exit(withError: ExitCode.failure)
    }
}
