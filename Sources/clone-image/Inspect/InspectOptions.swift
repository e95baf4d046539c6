// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse

/// How something is told about an image.
enum OutputForm: String, CaseIterable {
    case human, json
}

/// The image that a command of qemu-img's looks at.
struct ImageArgument: ParsableArguments {
    @Argument(help: "The image.", completion: .file())
    var file: String

    @Flag(
        name: [.customShort("U"), .long],
        help: "Look at the image even while another program writes to it."
    )
    var forceShare = false
}

/// The image's format, and the form of what is told.
struct InspectOptions: ParsableArguments {
    @Option(
        name: [.customShort("f", allowingJoined: true), .long],
        help: ArgumentHelp(
            "The image's format; else its first bytes tell.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var format: Choice<ImageFormat>?

    @Option(help: ArgumentHelp("The form of the output.", valueName: Choice<OutputForm>.words))
    var output = Choice(OutputForm.human)
}
