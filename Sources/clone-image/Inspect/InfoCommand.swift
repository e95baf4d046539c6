// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image info`: what an image says of itself, as `qemu-img info` tells it.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tells what an image says of itself, as qemu-img info does."
    )

    @OptionGroup var image: ImageArgument
    @OptionGroup var options: InspectOptions

    @Flag(help: "Tell of all images below it as well.")
    var backingChain = false

    func run() throws {
        let format = options.format?.value
        let (file, shares) = (image.file, image.forceShare)
        let images =
            backingChain
            ? try ImageInformation.chain(from: file, format: format, sharesWithWriters: shares)
            : [try ImageInformation(of: file, format: format, sharesWithWriters: shares)]
        switch options.output.value {
        case .human:
            try Output.write(images.map { InformationText($0).text }.joined(separator: "\n"))
        case .json:
            let records = images.map { InformationRecord($0).value }
            try Output.write((backingChain ? .list(records) : records[0]).json() + "\n")
        }
    }
}
