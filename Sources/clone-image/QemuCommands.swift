// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Dispatch
internal import Terminal

/// The commands that take `qemu-img`'s arguments, and exit with its codes.
enum QemuCommands {
    static let types: [any ParsableCommand.Type] = [
        CheckCommand.self, ConvertCommand.self, CreateCommand.self, InfoCommand.self,
        MapCommand.self, MeasureCommand.self, RebaseCommand.self, SnapshotCommand.self,
    ]

    /// True when the program was started under the name `qemu-img`.
    static let isOurName =
        CommandLine.arguments.first?.split(separator: "/").last == "qemu-img"

    /// Runs the command that the first word names, if it is one of these, and ends the program.
    static func runIfNamed(_ words: ArraySlice<String>) {
        let words = Array(words)
        guard let type = type(named: words.first) else {
            guard words.first != "commit" else { refuseCommit() }
            guard isOurName, let word = words.first, !word.hasPrefix("-") else { return }
            let names = ([CompareCommand.self] + types).compactMap { $0.configuration.commandName }
                .joined(separator: ", ")
            Output.complain("there is no command '\(word)' here, only \(names)")
            CloneImage.exit(withError: ExitCode.failure)
        }
        guard type is any AsyncParsableCommand.Type else {
            var command = parse(words)
            do { try command.run() } catch { end(with: error) }
            CloneImage.exit()
        }
        Task {
            guard var command = parse(words) as? any AsyncParsableCommand else { return }
            do { try await command.run() } catch { end(with: error) }
            CloneImage.exit()
        }
        dispatchMain()
    }

    private static func refuseCommit() -> Never {
        Output.complain(
            "commit is not built: what is merged into a lower layer changes for every other image above "
                + "it; collapse --base makes a new layer of several instead"
        )
        CloneImage.exit(withError: ExitCode.failure)
    }

    private static func type(named word: String?) -> (any ParsableCommand.Type)? {
        (isOurName ? types + [CompareCommand.self] : types).first {
            $0.configuration.commandName == word
        }
    }

    /// Parses a command on its own, without the whole program's tree: that takes less time than the
    /// rest of the work.
    private static func parse(_ words: [String]) -> any ParsableCommand {
        do {
            if let type = type(named: words.first) {
                return try type.parse(Array(words.dropFirst()))
            }
        } catch {
            // What is wrong with the words, or help, is told by the whole program.
        }
        do { return try CloneImage.parseAsRoot(words) } catch { end(with: error) }
    }

    private static func end(with error: any Error) -> Never {
        let isUsage = CloneImage.exitCode(for: error) == .validationFailure
        if isUsage { Output.complain(CloneImage.message(for: error)) }
        CloneImage.exit(withError: isUsage ? ExitCode.failure : error)
    }
}
