// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2
internal import Terminal

/// What of an image may be repaired.
enum RepairKind: String, CaseIterable {
    case leaks, all
}

/// `clone-image check`: whether an image's tables agree, as `qemu-img check` tells it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the tables of a qcow2 image, as qemu-img check does.",
        discussion: """
            Arguments, words and exit codes are those of qemu-img check. \
            Leaks are repaired only where nothing else is wrong: \
            what looks unused in a damaged image can be somebody's data. \
            Corruptions are not repaired.

            Exit codes:
              0    nothing is wrong
              1    the check could not be completed
              2    the image is corrupted
              3    the image has leaked clusters, and is good otherwise
              63   the image is raw, and has no tables
            """
    )

    @OptionGroup var image: ImageArgument
    @OptionGroup var options: InspectOptions

    @Option(
        name: [.customShort("r", allowingJoined: true), .long],
        help: ArgumentHelp(
            "Repair leaked clusters. all: fail where there is more to repair.",
            valueName: Choice<RepairKind>.words
        )
    )
    var repair: Choice<RepairKind>?

    @Option(
        name: .customShort("T", allowingJoined: true),
        help: ArgumentHelp(
            "Taken for compatibility: tables are read through the page cache.",
            valueName: Choice<CacheMode>.words
        )
    )
    var cache: Choice<CacheMode>?

    @Flag(name: .shortAndLong, help: "Print nothing but errors and findings.")
    var quiet = false

    func validate() throws {
        guard repair == nil || !image.forceShare else {
            throw ValidationError("--force-share is for images that are not repaired")
        }
    }

    func run() throws {
        let check = try ImageCheck(
            of: image.file,
            format: options.format?.value,
            sharesWithWriters: image.forceShare,
            repairs: repair != nil
        )
        guard check.format == .qcow2 else {
            Output.complain("This image format does not support checks")
            throw ExitCode(63)
        }
        var report = try check.run(tell: Output.report)
        if report.leaksFixed + report.corruptionsFixed > 0 {
            if options.output.value == .human { try write(CheckText(report).repaired) }
            report = try check.runReading(tell: Output.report).afterRepair(by: report)
        }
        switch options.output.value {
        case .human: try write(CheckText(report).text)
        case .json:
            try write(CheckText(report).record(image.file, check.format).json() + "\n")
        }
        try end(report)
    }

    private func write(_ text: String) throws {
        if !quiet { try Output.write(text) }
    }

    private func end(_ report: CheckReport) throws {
        guard report.checkErrors == 0 else {
            Output.complain("Check failed")
            throw ExitCode.failure
        }
        if report.corruptions > 0 {
            if repair != nil {
                Output.complain(
                    "\(image.file): corruptions are not repaired, nor leaks beside them"
                )
            }
            throw ExitCode(2)
        }
        if report.leaks > 0 { throw ExitCode(3) }
    }
}
