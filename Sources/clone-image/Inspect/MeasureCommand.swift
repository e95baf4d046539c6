// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image measure`: the size of the file that a disk needs, as `qemu-img measure` tells it.
struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Tells the size of the file that a disk needs, as qemu-img measure does."
    )

    @Argument(help: "The image whose disk is measured.", completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("Measure an empty disk of this size.", valueName: "size"))
    var size: ByteSize?

    @Option(
        name: .customShort("O", allowingJoined: true),
        help: ArgumentHelp("The format of the new file.", valueName: Choice<ImageFormat>.words)
    )
    var outputFormat = Choice(ImageFormat.raw)

    @Option(
        name: .customShort("o", allowingJoined: true),
        help: ArgumentHelp(
            "Options of that format, separated by commas. help: list them. May be repeated.",
            valueName: "key=value"
        )
    )
    var options: [String] = []

    @Option(
        name: .customShort("l", allowingJoined: true),
        help: ArgumentHelp(
            "Measure an internal snapshot instead of the present state.",
            valueName: "id|name"
        )
    )
    var snapshot: String?

    @Flag(
        name: [.customShort("U"), .long],
        help: "Look at the image even while another program writes to it."
    )
    var forceShare = false

    @OptionGroup var inspectOptions: InspectOptions

    func run() throws {
        let list = try QemuOptionList(options)
        guard !list.asksForHelp else {
            return try Output.write(QemuCreation.help(for: outputFormat.value))
        }
        guard (file == nil) != (size == nil) else {
            throw ValidationError("Either --size N or one filename must be specified.")
        }
        guard file != nil || (inspectOptions.format == nil && snapshot == nil) else {
            throw ValidationError("-f and -l can only be used with a filename argument.")
        }
        let measurement = try measurement(QemuCreation(outputFormat.value, list).target)
        switch inspectOptions.output.value {
        case .human: try Output.write(measurement.text)
        case .json: try Output.write(measurement.record.json() + "\n")
        }
    }

    private func measurement(_ target: CollapseTarget.Format) throws -> ImageMeasurement {
        guard let file else {
            guard let bytes = size?.bytes, bytes <= UInt64(Int64.max) else {
                throw ValidationError("the size is less than 8 EiB")
            }
            return try ImageMeasurement(ofEmptyDisk: bytes, as: target)
        }
        var source = try CollapseSource(named: file, format: inspectOptions.format?.value)
        source.sharesWithWriters = forceShare
        return try ImageMeasurement(
            of: file,
            format: inspectOptions.format?.value,
            snapshot: snapshot.map { try SnapshotName($0).id(in: source) },
            sharesWithWriters: forceShare,
            as: target
        )
    }
}

extension ImageMeasurement {
    fileprivate var text: String {
        "required size: \(requiredBytes)\nfully allocated size: \(fullyAllocatedBytes)\n"
            + (bitmapBytes.map { "bitmaps size: \($0)\n" } ?? "")
    }

    fileprivate var record: OutputValue {
        .record([
            ("bitmaps", bitmapBytes.map { .number($0) }),
            ("required", .number(requiredBytes)),
            ("fully-allocated", .number(fullyAllocatedBytes)),
        ])
    }
}
