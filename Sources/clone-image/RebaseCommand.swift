// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2
internal import Terminal

/// `clone-image rebase`: a collapse in place, or a change of the header, with `qemu-img rebase`'s
/// arguments.
struct RebaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebase",
        abstract: "Makes an image stand alone, or renames what is below, as qemu-img rebase does.",
        discussion: """
            With -b "" the image is given what the layers below it have, and needs them no more: \
            what collapse --in-place does.

            With -u only the name and the format of the file below are changed in the image's \
            header; nothing is opened but the image. It reads as before where the new file has \
            the content of the old one, and as something else where not.

            Examples:
              clone-image rebase -p -b "" top.qcow2
              clone-image rebase -u -b moved/base.qcow2 -F qcow2 top.qcow2
            """
    )

    @Argument(help: "The image.", completion: .file())
    var file: String

    @Option(
        name: .customShort("b", allowingJoined: true),
        help: ArgumentHelp("The image to be below: \"\" for none.", valueName: "backing")
    )
    var backing: String?

    @Option(
        name: .customShort("f", allowingJoined: true),
        help: ArgumentHelp("The image's format.", valueName: Choice<ImageFormat>.words)
    )
    var format: Choice<ImageFormat>?

    @Option(
        name: .customShort("F", allowingJoined: true),
        help: ArgumentHelp(
            "The format of the image to be below.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var backingFormat: Choice<ImageFormat>?

    @Option(
        name: .customShort("t", allowingJoined: true),
        help: ArgumentHelp(
            "The image is on the disk at the end. none, off, directsync: also past the page cache.",
            valueName: Choice<CacheMode>.words
        )
    )
    var cache = Choice(CacheMode.writeback)

    @Option(
        name: .customShort("T", allowingJoined: true),
        help: ArgumentHelp(
            "none, off and directsync read what the disk has, not what the page cache has kept.",
            valueName: Choice<CacheMode>.words
        )
    )
    var sourceCache = Choice(CacheMode.writeback)

    @Flag(name: .customShort("u"), help: "Change the header only.")
    var isUnsafe = false

    @Flag(name: [.customShort("U"), .long], help: "Only with -u, which opens nothing below.")
    var forceShare = false

    @Flag(name: .shortAndLong, help: "Show progress on standard output.")
    var progress = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
        guard !isUnsafe else {
            guard name.isEmpty || backingFormat != nil else {
                throw ValidationError("-u -b \(name) needs the format of that file: -F")
            }
            return
        }
        guard backing != nil else { throw ValidationError("rebase needs -b, or -u") }
        guard name.isEmpty else {
            throw ValidationError(
                "-b \(name) without -u is not built: rebase -b \"\" copies all that is below into "
                    + "the image, and rebase -u -b changes nothing but the name"
            )
        }
        guard !forceShare else {
            throw ValidationError("-U is only for -u: a copy needs files that nobody writes to")
        }
    }

    /// The image to be below; empty for none.
    private var name: String { backing ?? "" }

    func run() async throws {
        guard !isUnsafe else { return try rename() }
        let collapse = Collapse(inPlace: try source(), options: options)
        let report = try await PercentProgress.run(collapse, isShown: progress && !quiet)
        for warning in report.warnings where !quiet { Output.complain("warning: \(warning)") }
    }

    private func rename() throws {
        let new = name.isEmpty ? nil : backingFormat?.value.rawValue
        let backing = new.map { CreationOptions.BackingName(name: name, format: $0) }
        let display = PercentProgress(isShown: progress && !quiet)
        let result = Result {
            try RecordedBacking(of: file, format: format?.value).replace(by: backing)
        }
        if case .success = result { display.complete() }
        display.end()
        try result.get()
    }

    private func source() throws -> CollapseSource {
        var source = try CollapseSource(named: file, format: format?.value)
        source.allowedBacking = .anyLocal
        source.callerOptions = []
        source.readsFromDisk = sourceCache.value.passesPageCache
        return source
    }

    private var options: CollapseOptions {
        var options = CollapseOptions()
        options.isDirect = cache.value.passesPageCache
        return options
    }
}
