// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image clean`: removes what killed collapses have left.
struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Removes what collapses have left that were killed.",
        discussion: """
            While a target is made it is called .NAME.RANDOM.clone-image-partial. A collapse \
            that fails or is stopped removes it; one that is killed, or whose machine loses \
            power, cannot. \
            The next collapse to the same target does, and so does this command for all \
            targets in DIRECTORY.

            Only regular files with such a name that no process has locked are removed.

            Examples:
              clone-image clean images --dry-run
              clone-image clean images
            """
    )

    @Argument(help: "Where targets were made.", completion: .directory)
    var directory: String

    @Flag(help: "Tell what would be removed, and remove nothing.")
    var dryRun = false

    @Flag(help: "Print what was found as a line of JSON.")
    var json = false

    func run() throws {
        let files: [Leftover]
        do throws(CollapseError) {
            files = try Leftovers.clean(directory, isDryRun: dryRun)
        } catch {
            if json { Output.print(ErrorDocument(code: error.code, message: error.message).text) }
            Output.complain(error.message)
            throw ExitCode(error.exitCode(stoppedBy: nil))
        }
        for file in files { file.reason.map(Output.complain) }
        if json {
            Output.print(CleanDocument(directory, files).text)
        } else {
            for file in files where file.state != .failed { Output.print(line(for: file)) }
        }
        if files.contains(where: { $0.state == .failed }) { throw ExitCode.failure }
    }

    private func line(for file: Leftover) -> String {
        switch file.state {
        case .abandoned: "\(file.path): can be removed (\(size(file.allocatedBytes)))"
        case .removed: "\(file.path): removed (\(size(file.allocatedBytes)))"
        case .inUse, .failed: "\(file.path): left alone, a process is writing it"
        }
    }
}

/// What was found in a directory, for programs.
struct CleanDocument: Document {
    struct File: Encodable {
        let path: String
        let state: String
        let allocatedBytes: UInt64
        let reason: String?
    }

    let status = "done"
    let directory: String
    let files: [File]
}

extension CleanDocument {
    init(_ directory: String, _ files: [Leftover]) {
        self.directory = directory
        self.files = files.map { file in
            File(
                path: file.path,
                state: file.state.rawValue,
                allocatedBytes: file.allocatedBytes,
                reason: file.reason
            )
        }
    }
}
