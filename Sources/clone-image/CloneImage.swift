// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Dispatch
internal import Terminal

/// The command line's entry.
@main
struct CloneImage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone-image",
        abstract: "Turns a chain of disk images into one that stands alone.",
        discussion: """
            Exit codes:
              0    done
              1    reading or writing failed: no such file, no space left
              2    a layer is damaged, missing or not allowed, or of an unknown kind;
                   no such snapshot or base
              3    the target exists or cannot be made; nothing was touched
              4    a VM or another program uses a layer or the target
              5    the target, read back, is not what was to be written
              64   the command line is wrong
              129, 130, 143   stopped by SIGHUP, SIGINT, SIGTERM; no file is
                   left but what --resume keeps

            compare exits with 0 for equal disks, 1 for different ones, 2, 3 or 4 when an \
            image cannot be opened, mapped or read. \
            check, convert, create, info, map, measure, rebase and snapshot take qemu-img's arguments and \
            exit as it does, with 0 or 1; check has more codes.
            """,
        version: "0.1.0",
        subcommands: [
            CollapseCommand.self, ChainCommand.self, CompareCommand.self, DigestCommand.self,
            CleanCommand.self,
        ] + QemuCommands.types
    )

    // The parser's own errors look like all the others.
    static var _errorPrefix: String { "\(Output.programName): " }

    static func main() {
        StandardDescriptors.fillGaps()
        // They are read from there: without it there are none, and none would mean success.
        guard !CommandLine.arguments.isEmpty else {
            Output.complain("/proc tells the arguments and is missing (mount -t proc proc /proc)")
            exit(withError: ExitCode.failure)
        }
        QemuCommands.runIfNamed(CommandLine.arguments.dropFirst())
        StandardDescriptors.makeRoom()
        // Only what runs as a task pays for the start of its threads.
        Task { await run() }
        dispatchMain()
    }

    private static func run() async {
        do {
            var command = try await asyncParseAsRoot(
                AllowedBacking.joiningPlaces(
                    ShortOptions.separated(Array(CommandLine.arguments.dropFirst()))
                )
            )
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            exit()
        } catch {
            if wantsDocument(of: error) {
                let message = message(for: error)
                Output.print(ErrorDocument(code: .invalidOptions, message: message).text)
            }
            exit(withError: error)
        }
    }

    /// Whether the caller asked for JSON on a command line that could not be understood.
    private static func wantsDocument(of error: any Error) -> Bool {
        !(error is ExitCode) && exitCode(for: error) == .validationFailure
            && CommandLine.arguments.contains("--json")
    }
}
