// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image create`: a new image without content, as `qemu-img create` makes it.
struct CreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes a new image, as qemu-img create does.",
        discussion: """
            A file that has the name is emptied, \
            unless a running VM or another program uses it.

            Sizes:
              1073741824, 0x40000000, 1048576k, 1024M, 1.5G, 1T, 1P, 1E
            """
    )

    @Argument(help: "The image.", completion: .file())
    var file: String?

    @Argument(help: "The size of its disk; else that of the backing file.")
    var size: ByteSize?

    @Option(
        name: .customShort("f", allowingJoined: true),
        help: ArgumentHelp("The image's format.", valueName: Choice<ImageFormat>.words)
    )
    var format = Choice(ImageFormat.raw)

    @Option(
        name: .customShort("o", allowingJoined: true),
        help: ArgumentHelp(
            "Options of the format, separated by commas. help: list them. May be repeated.",
            valueName: "key=value"
        )
    )
    var options: [String] = []

    @Option(
        name: .customShort("b", allowingJoined: true),
        help: ArgumentHelp(
            "The image below, whose name is relative to the new one.",
            valueName: "backing"
        ),
        completion: .file()
    )
    var backing: String?

    @Option(
        name: .customShort("F", allowingJoined: true),
        help: ArgumentHelp(
            "The format of the image below. It must be given.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var backingFormat: Choice<ImageFormat>?

    @Flag(name: .customShort("u"), help: "Do not open the image below; the size must be given.")
    var leavesBackingClosed = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    func run() throws {
        var list = try QemuOptionList(options)
        guard !list.asksForHelp else {
            return try Output.write(QemuCreation.help(for: format.value))
        }
        guard let file else { throw ValidationError("Expecting image file name") }
        if let backing { list.set("backing_file", backing) }
        if let backingFormat { list.set("backing_fmt", backingFormat.value.rawValue) }
        guard size == nil || list["size"] == nil else {
            throw ValidationError("\(file): The image size must be specified only once")
        }
        let path = try CollapseSource(named: file).path
        let bytes = try diskBytes(path, list)
        if list["size"] == nil, let bytes { list.set("size", "\(bytes)") }
        let creation = try QemuCreation(format.value, list)
        guard let bytes = creation.diskBytes else {
            throw ValidationError("\(file): Image creation needs a size parameter")
        }
        let image = try NewImage(at: path, diskBytes: bytes, format: creation.target)
        if !quiet { try Output.write(creation.announcement(of: file) + "\n") }
        try image.create()
    }

    /// The size that was given, or else the backing file's, which is opened in either case.
    private func diskBytes(_ file: String, _ list: QemuOptionList) throws -> UInt64? {
        let creation = try QemuCreation(format.value, list)
        guard let name = creation.backingName else {
            guard creation.backingFormat == nil else {
                throw ValidationError(
                    "\(file): Backing format cannot be used without backing file"
                )
            }
            return size?.bytes
        }
        guard !name.isEmpty, name != file else {
            throw ValidationError("\(file): the backing file '\(name)' is none")
        }
        guard let format = creation.backingFormat else {
            throw ValidationError("\(file): Backing file specified without backing format")
        }
        guard !leavesBackingClosed else { return size?.bytes }
        let bytes = try NewImage.diskBytes(ofBacking: name, format: format, forImageAt: file)
        return size?.bytes ?? bytes
    }
}
