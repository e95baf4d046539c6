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

    /// The program as its name has it.
    private static let program: any ParsableCommand.Type =
        isOurName ? QemuImage.self : CloneImage.self

    /// Runs the command that the first word names, if it is one of these, and ends the program.
    static func runIfNamed(_ words: ArraySlice<String>) {
        let words = isOurName ? answeringOptions(words) : Array(words)
        guard !isNamed(words.first) else { run(words) }
        guard words.first != "commit" else { refuseCommit() }
        guard isOurName, let word = words.first else { return }
        let names = QemuImage.configuration.subcommands.compactMap { $0.configuration.commandName }
        refuse("there is no command '\(word)' here, only \(names.joined(separator: ", "))")
    }

    private static func isNamed(_ word: String?) -> Bool {
        type(named: word) != nil || (isOurName && word == "help")
    }

    private static func type(named word: String?) -> (any ParsableCommand.Type)? {
        (isOurName ? QemuImage.configuration.subcommands : types).first {
            $0.configuration.commandName == word
        }
    }

    /// Answers what stands before the command.
    ///
    /// - Returns: the words from the command on.
    private static func answeringOptions(_ words: ArraySlice<String>) -> [String] {
        guard let word = words.first else { refuse("Not enough arguments: expected is a command") }
        guard word.hasPrefix("-"), word != "-" else { return Array(words) }
        guard word != "--" else { return answeringCommand(words.dropFirst()) }
        if word == "--help" || word.hasPrefix("-h") { end(with: CleanExit.helpRequest(program)) }
        guard word == "--version" || word.hasPrefix("-V") else {
            refuse("there is no option '\(word)' before the command")
        }
        run(["--version"])
    }

    private static func answeringCommand(_ words: ArraySlice<String>) -> [String] {
        guard !words.isEmpty else { refuse("Not enough arguments: expected is a command") }
        return Array(words)
    }

    private static func refuseCommit() -> Never {
        refuse(
            "commit is not built: what is merged into a lower layer changes for every other image above "
                + "it; collapse --base makes a new layer of several instead"
        )
    }

    private static func refuse(_ words: String) -> Never {
        Output.complain(words)
        program.exit(withError: ExitCode.failure)
    }

    private static func run(_ words: [String]) -> Never {
        ProgressRequests.ignore()
        let command = parse(ShortOptions.separated(words))
        guard let command = command as? any AsyncParsableCommand else { run(command) }
        Task {
            var command = command
            do { try await command.run() } catch { end(with: error) }
            program.exit()
        }
        dispatchMain()
    }

    /// Runs what needs no task: help as well, whatever command it is about.
    private static func run(_ command: any ParsableCommand) -> Never {
        var command = command
        do { try command.run() } catch { end(with: error) }
        program.exit()
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
        do { return try program.parseAsRoot(words) } catch { end(with: error) }
    }

    private static func end(with error: any Error) -> Never {
        let isUsage = program.exitCode(for: error) == .validationFailure
        if isUsage { Output.complain(program.message(for: error)) }
        program.exit(withError: isUsage ? ExitCode.failure : error)
    }
}

/// The program under the name `qemu-img`: the commands that have a counterpart there.
struct QemuImage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qemu-img",
        abstract: "Makes disk images, looks at them and copies them.",
        discussion: "Arguments, output and exit codes are those of QEMU's qemu-img.",
        version: CloneImage.configuration.version,
        subcommands: [CompareCommand.self] + QemuCommands.types
    )

    static var _errorPrefix: String { CloneImage._errorPrefix }
}
