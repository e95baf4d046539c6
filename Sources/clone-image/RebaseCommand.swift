// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse

/// `clone-image rebase`: a collapse in place with `qemu-img rebase`'s arguments.
struct RebaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebase",
        abstract: "Makes an image stand alone, as qemu-img rebase -b \"\" does.",
        discussion: """
            The image is given what the layers below it have, and needs them no more: \
            what collapse --in-place does. \
            No other backing file than none can be given.

            Examples:
              clone-image rebase -p -b "" top.qcow2
            """
    )

    @Argument(help: "The image.", completion: .file())
    var file: String

    @Option(
        name: .customShort("b", allowingJoined: true),
        help: ArgumentHelp("The image to be below: \"\" for none.", valueName: "backing")
    )
    var backing: String

    @Option(
        name: .customShort("f", allowingJoined: true),
        help: ArgumentHelp("The image's format.", valueName: Choice<ImageFormat>.words)
    )
    var format: Choice<ImageFormat>?

    @Option(
        name: .customShort("F", allowingJoined: true),
        help: ArgumentHelp(
            "Taken for compatibility: nothing is below.",
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

    @Flag(name: .customShort("u"), help: "Not built: an error.")
    var isUnsafe = false

    @Flag(name: [.customShort("U"), .long], help: "An error: the image must be nobody else's.")
    var forceShare = false

    @Flag(name: .shortAndLong, help: "Show progress on standard output.")
    var progress = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
        guard backing.isEmpty, !isUnsafe else {
            throw ValidationError(
                "only rebase -b \"\" is built: it copies what is below and leaves nothing there"
            )
        }
        guard !forceShare else {
            throw ValidationError("-U is for images that are only read, and rebase changes one")
        }
    }

    func run() async throws {
        let collapse = Collapse(inPlace: try source(), options: options)
        let report = try await ConvertProgress.run(collapse, isShown: progress && !quiet)
        for warning in report.warnings where !quiet { Output.complain("warning: \(warning)") }
    }

    private func source() throws -> CollapseSource {
        var source = try CollapseSource(named: file, format: format?.value)
        source.allowedBacking = .anyLocal
        source.readsFromDisk = sourceCache.value.passesPageCache
        return source
    }

    private var options: CollapseOptions {
        var options = CollapseOptions()
        options.isDirect = cache.value.passesPageCache
        return options
    }
}
