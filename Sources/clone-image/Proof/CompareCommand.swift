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
        )
    )
    var firstFormat: Choice<ImageFormat>?

    @Option(
        name: [.customShort("F", allowingJoined: true), .long],
        help: ArgumentHelp(
            "The second image's format; else its first bytes tell.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var secondFormat: Choice<ImageFormat>?

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
        var comparison = Comparison(
            of: source(first, firstFormat),
            and: source(second, secondFormat)
        )
        comparison.isStrict = strict
        if let threads = threadOptions.threads { comparison.threads = threads }
        let display = PercentProgress(isShown: progress && !quiet)
        let report: Comparison.Report
        do throws(Comparison.Failure) {
            report = try await comparison.run { display.update($0) }
        } catch {
            Output.complain(error.error.message)
            display.end()
            throw ExitCode(error.exitCode)
        }
        if report.difference == nil { display.complete() }
        tell(report)
        display.end()
        if report.difference != nil { throw ExitCode(1) }
    }

    private func source(_ path: String, _ format: Choice<ImageFormat>?) -> CollapseSource {
        CollapseSource(
            path: path,
            format: format?.value,
            // As qemu-img: of what images lead to, only the first difference is told.
            allowedBacking: .anyLocal,
            trustsProbedFormats: trustProbed,
            sharesWithWriters: forceShare
        )
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

extension Comparison.Failure {
    /// The program's exit code for a failure, which is qemu-img's.
    fileprivate var exitCode: Int32 {
        switch step {
        case .opening: 2
        case .mapping: 3
        case .reading: 4
        }
    }
}
