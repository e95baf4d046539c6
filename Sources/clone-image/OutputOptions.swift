// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// What people and programs get to see.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show progress. auto: a bar on a terminal. json: lines with copiedBytes, totalBytes, "
                + "totalIsExact and seconds.",
            valueName: Choice<ProgressStyle>.words
        )
    )
    var progress = Choice(ProgressStyle.auto)

    @Option(help: ArgumentHelp("Show progress on this open descriptor.", valueName: "n"))
    var progressDescriptor: Int32 = 2

    @Flag(help: "Print the report, or the error, as a line of JSON. Its sizes are in bytes.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors and losses.")
    var quiet = false

    func validate() throws {
        guard StandardDescriptors.canWrite(to: progressDescriptor) else {
            throw ValidationError(
                "descriptor \(progressDescriptor) of --progress-descriptor is not open for writing"
            )
        }
    }

    var progressDisplay: ProgressDisplay {
        let style = quiet && progress.value == .auto ? .none : progress.value
        return ProgressDisplay(style, descriptor: progressDescriptor)
    }

    /// What a user should know of a success: warnings, and bytes that were taken for zeros.
    func complain(of warnings: [String], lostBytes: UInt64, becoming zeros: String) {
        if !quiet {
            for warning in warnings { Output.complain("warning: \(warning)") }
        }
        if lostBytes > 0 {
            Output.complain("warning: \(lostBytes) bytes could not be read and are \(zeros)")
        }
    }

    /// Tells an error.
    ///
    /// - Returns: what the program ends with.
    func complain(
        of error: CollapseError,
        stoppedBy signal: StopSignals.Signal? = nil
    ) -> ExitCode {
        if json { Output.print(ErrorDocument(code: error.code, message: error.message).text) }
        Output.complain(error.message)
        return ExitCode(error.exitCode(stoppedBy: signal))
    }
}
