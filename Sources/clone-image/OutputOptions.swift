// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

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
}
