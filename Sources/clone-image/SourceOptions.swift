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
            trustsProbedFormats: trustProbed,
            sharesWithWriters: forceShare,
            lockWaitSeconds: waitLock
        )
    }
}
