// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// What is made of a chain.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The target's format. Without it, raw for names that end in .raw or .img, else qcow2.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var format: Choice<ImageFormat>?

    @Option(
        defaultAsFlag: CompressionChoice.unsaid,
        help: ArgumentHelp(
            "Compress the clusters of a qcow2 target; with zlib when no type is given.",
            valueName: CompressionChoice.words
        )
    )
    var compress: CompressionChoice?

    @Option(
        help: ArgumentHelp("The cluster size of a qcow2 target: 512 to 2M.", valueName: "size")
    )
    var clusterSize: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Space to take for what reads as zeros. metadata is for qcow2 targets.",
            valueName: Choice<Preallocation>.words
        )
    )
    var preallocation: Choice<Preallocation>?

    @Option(
        name: [.short, .customLong("option")],
        help: ArgumentHelp(
            "A creation option of a qcow2 target, as above. May be repeated.",
            valueName: "key=value"
        )
    )
    var options: [String] = []

    @Option(
        help: ArgumentHelp(
            "writeback: the target is on stable storage before it gets its name. unsafe: the "
                + "system writes it when it likes, as with qemu-img convert.",
            valueName: Choice<CollapseOptions.Durability>.words
        )
    )
    var cache = Choice(CollapseOptions.Durability.flushed)

    @Flag(
        help: "Write the target past the page cache (O_DIRECT), as qemu-img convert -t none does."
    )
    var direct = false

    @Option(
        help: ArgumentHelp(
            "Write at most so many bytes of data a second: 64k, 100M.",
            valueName: "size"
        )
    )
    var rateLimit: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Share blocks with the sources on file systems that can. auto: what can be shared. "
                + "always: fail where something cannot. never: copy everything.",
            valueName: Choice<CollapseOptions.Reflink>.words
        )
    )
    var reflink = Choice(CollapseOptions.Reflink.auto)

    @Option(
        help: ArgumentHelp(
            "Collapse only what is above this layer, which becomes the backing file of a qcow2 "
                + "target.",
            valueName: "layer"
        ),
        completion: .file()
    )
    var base: String?

    @Flag(
        help: """
            Report the digest of the disk, as clone-image digest prints it. It costs a pass of its own \
            over the source where blocks are shared or --base keeps layers.
            """
    )
    var digest = false

    @Flag(
        help: """
            Read the target back before it gets its name; when it does not read as the source, it is \
            removed, but for a device. What is read comes from the disk, past the page cache, where \
            the file system lets it; caches of the disk itself or of a file server are not avoided.
            """
    )
    var verify = false

    @Flag(
        help: """
            Keep what was copied when the work is stopped or fails, and go on with what was kept if the \
            chain and the options are the same.
            """
    )
    var resume = false

    @Flag(help: "Begin even if the target cannot fit into the free space.")
    var noSpaceCheck = false

    @Flag(help: "Replace the target if it exists. Block devices need this.")
    var force = false

    func validate() throws {
        guard rateLimit?.bytes != 0 else {
            throw ValidationError("--rate-limit is at least one byte a second")
        }
        // The parser takes `--compress=lzma` for `--compress`, and so for zlib.
        let prefix = "--compress="
        for word in CommandLine.arguments.prefix(while: { $0 != "--" }) where word.hasPrefix(prefix)
        {
            let value = String(word.dropFirst(prefix.count))
            guard CompressionChoice(argument: value) == nil else { continue }
            throw ValidationError(
                "The value '\(value)' is invalid for '--compress <\(CompressionChoice.words)>'"
            )
        }
    }

    /// What says how a new image is made, and whether it was said.
    private var makings: [(name: String, isThere: Bool)] {
        [
            ("--format", format != nil), ("--compress", compress != nil),
            ("--cluster-size", clusterSize != nil), ("--preallocation", preallocation != nil),
            ("--option", !options.isEmpty), ("--force", force),
        ]
    }

    /// Refuses what says how a new image is made.
    func refuseInPlace() throws {
        guard let first = makings.first(where: \.isThere) else { return }
        throw ValidationError("\(first.name) is for a new image, and --in-place makes none")
    }

    /// What the options say about a target of this name.
    func format(of path: String) throws -> CollapseTarget.Format {
        let format = format?.value ?? TargetOptions.formatPromised(by: path)
        guard format == .raw else { return try qcow2Format() }
        guard compress == nil, clusterSize == nil, options.isEmpty else {
            throw ValidationError(
                "--compress, --cluster-size and --option are for qcow2 targets, and \(path) is to "
                    + "be raw (did you mean --format qcow2?)"
            )
        }
        return .raw(preallocation: preallocation?.value ?? .off)
    }

    private func qcow2Format() throws -> CollapseTarget.Format {
        var parser = CreationOptionParser()
        for option in options { try parser.parse(option) }
        if let clusterSize { parser.creation.clusterBytes = clusterSize.bytes }
        if let preallocation { parser.format.preallocation = preallocation.value }
        if let compress {
            parser.format.compresses = true
            if let type = compress.type { parser.creation.compressionType = type }
        }
        return .qcow2(parser.creation, parser.format)
    }

    /// The format that a name's extension promises; qcow2 when it promises nothing.
    static func formatPromised(by path: String) -> ImageFormat {
        let name = path.lowercased()
        return name.hasSuffix(".raw") || name.hasSuffix(".img") ? .raw : .qcow2
    }
}
