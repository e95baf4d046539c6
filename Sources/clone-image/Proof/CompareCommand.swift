// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image compare`: whether two disks read the same, as `qemu-img compare` tells it.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares what a guest reads from two images.",
        discussion: """
            Arguments, words and exit codes are those of qemu-img compare. \
            The shorter disk counts as if zeros followed it. \
            Nothing is read for what both images know to be zeros, \
            nor for what both have in the same place of the same file.

            Exit codes:
              0    the disks are the same
              1    they differ
              2    an image cannot be opened
              3    the tables of an image cannot be read
              4    data cannot be read
              64   the command line is wrong
            """
    )

    @Argument(help: "An image.", completion: .file())
    var first: String

    @Argument(help: "The image to compare it with.", completion: .file())
    var second: String

    @Option(
        name: [.customShort("f", allowingJoined: true), .long],
        help: ArgumentHelp(
            "The first image's format; else its first bytes tell.",
            valueName: Choice<ImageFormat>.words
        ),
        completion: Choice<ImageFormat>.defaultCompletionKind
    )
    var firstFormat: String?

    @Option(
        name: [.customShort("F", allowingJoined: true), .long],
        help: ArgumentHelp(
            "The second image's format; else its first bytes tell.",
            valueName: Choice<ImageFormat>.words
        ),
        completion: Choice<ImageFormat>.defaultCompletionKind
    )
    var secondFormat: String?

    @Option(
        name: .customShort("T", allowingJoined: true),
        help: ArgumentHelp(
            "none, off and directsync read what the disk has, not what the page cache has kept.",
            valueName: Choice<CacheMode>.words
        ),
        completion: Choice<CacheMode>.defaultCompletionKind
    )
    var cache = CacheMode.writeback.rawValue

    @Flag(
        name: .shortAndLong,
        help: """
            Sizes must be the same, and allocation: data, compressed data, zeros or nothing. A hole of \
            a raw file is nothing.
            """
    )
    var strict = false

    @Flag(name: .shortAndLong, help: "Show progress on standard output.")
    var progress = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    @Flag(
        name: [.customShort("U"), .long],
        help: "Compare images even while other programs write to them."
    )
    var forceShare = false

    @Flag(help: "Follow layers that only look like qcow2, because no format is recorded for them.")
    var trustProbed = false

    @OptionGroup var threadOptions: ThreadOptions

    func run() async throws {
        var comparison = try comparison()
        comparison.isStrict = strict
        if let threads = threadOptions.threads { comparison.threads = threads }
        let display = PercentProgress(isShown: progress && !quiet)
        let requests = ProgressRequests { display.answer() }
        defer { withExtendedLifetime(requests) {} }
        let report: Comparison.Report
        do throws(Comparison.Failure) {
            report = try await comparison.run { display.update($0) }
        } catch {
            Output.complain(error.error.message)
            display.end()
            throw ExitCode(error.step.exitCode)
        }
        if report.difference == nil { display.complete() }
        tell(report)
        display.end()
        if report.difference != nil { throw ExitCode(1) }
    }

    /// What the words say is compared; a word that means nothing has the exit code of an image that
    /// cannot be opened, because 1 tells of a difference.
    private func comparison() throws -> Comparison {
        do {
            return Comparison(
                of: try source(first, choice(firstFormat, "-f")),
                and: try source(second, choice(secondFormat, "-F"))
            )
        } catch {
            Output.complain("\(error)")
            throw ExitCode(Comparison.Failure.Step.opening.exitCode)
        }
    }

    private func choice<Value>(_ word: String?, _ option: String) throws -> Value?
    where Value: CaseIterable & RawRepresentable<String> & Sendable {
        guard let word else { return nil }
        guard let choice = Choice<Value>(argument: word) else {
            throw ValidationError("\(option) \(word): expected is \(Choice<Value>.words)")
        }
        return choice.value
    }

    private func source(_ name: String, _ format: ImageFormat?) throws -> CollapseSource {
        let cache: CacheMode? = try choice(cache, "-T")
        var source = try CollapseSource(named: name, format: format)
        // As qemu-img: of what images lead to, only the first difference is told.
        source.allowedBacking = .anyLocal
        source.trustsProbedFormats = trustProbed
        source.callerOptions = [.sharing, .trusting]
        source.sharesWithWriters = forceShare
        source.readsFromDisk = cache?.passesPageCache ?? false
        return source
    }

    private func tell(_ report: Comparison.Report) {
        guard !quiet else { return }
        for warning in report.warnings { Output.complain("warning: \(warning)") }
        for line in lines(report) { Output.print(line) }
    }

    private func lines(_ report: Comparison.Report) -> [String] {
        let common = report.diskBytes.min() ?? 0
        let isLonger = report.diskBytes.contains { $0 != common }
        let warning = isLonger ? ["Warning: Image size mismatch!"] : []
        return switch report.difference {
        case .content(let offset):
            (offset < common ? [] : warning) + ["Content mismatch at offset \(offset)!"]
        case .allocation(let offset):
            ["Strict mode: Offset \(offset) block status mismatch!"]
        case .size: ["Strict mode: Image size mismatch!"]
        case nil: warning + ["Images are identical."]
        }
    }
}

extension Comparison.Failure.Step {
    /// The program's exit code for a failure, which is qemu-img's.
    fileprivate var exitCode: Int32 {
        switch self {
        case .opening: 2
        case .mapping: 3
        case .reading: 4
        }
    }
}
