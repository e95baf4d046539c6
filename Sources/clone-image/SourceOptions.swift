// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse

/// What of a chain is read, and how.
struct SourceOptions: ParsableArguments {
    private static let maximumWaitSeconds: Double = 86_400

    @Option(
        help: ArgumentHelp(
            "The source's format. Say raw for a raw disk whose guest is not trusted: it could look "
                + "like qcow2.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var sourceFormat: Choice<ImageFormat>?

    @Option(
        help: ArgumentHelp(
            "Read an internal snapshot of SOURCE instead of its present state.",
            valueName: "id|name"
        )
    )
    var snapshot: String?

    @Option(
        help: ArgumentHelp(
            """
            Where backing files and data files that an image names may lie. same-directory: in the \
            directory of that image, and below it; so it is when nothing is said. within DIR: in DIR \
            and below it, or the one file or device of that name. any-local: anywhere. none: nowhere. \
            Say it again to allow another place as well. Whoever made an image chose the names, and \
            what is in the files is read as part of the disk.
            """,
            valueName: "within dir|same-directory|any-local|none"
        ),
        completion: .list(["within", "same-directory", "any-local", "none"]),
        transform: AllowedBacking.init(words:)
    )
    var allowBacking: [AllowedBacking] = []

    @Flag(
        help: """
            Follow layers that only look like qcow2, because no format is recorded for them. A guest \
            can forge that in a raw disk.
            """
    )
    var trustProbed = false

    @Option(
        help: ArgumentHelp(
            "How long to wait for writers of a layer to end; without it a layer that is written to "
                + "is an error at once.",
            valueName: "seconds"
        )
    )
    var waitLock: Double = 0

    @Flag(
        help: """
            Read layers although a running VM or another program writes to them. What is read may be \
            torn: a mixture of moments that the disk never had. A snapshot and its frozen layer are \
            the safe way.
            """
    )
    var forceShare = false

    @Flag(help: "Read what is damaged or missing as zeros, and say how much was lost.")
    var salvage = false

    func validate() throws {
        guard allowBacking.count < 2 || !allowBacking.contains(.none) else {
            throw ValidationError("--allow-backing none allows nothing beside it")
        }
        guard waitLock >= 0, waitLock <= SourceOptions.maximumWaitSeconds else {
            throw ValidationError("--wait-lock takes 0 to 86400 seconds, a day")
        }
    }

    /// What the options say about the image at a path.
    func source(_ path: String, base: String? = nil) -> CollapseSource {
        CollapseSource(
            path: path,
            format: sourceFormat?.value,
            snapshot: snapshot,
            base: base,
            allowedBacking: allowBacking.dropFirst()
                .reduce(allowBacking.first ?? .sameDirectory) { $0.union($1) },
            trustsProbedFormats: trustProbed,
            sharesWithWriters: forceShare,
            lockWaitSeconds: waitLock
        )
    }
}
