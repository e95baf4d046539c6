// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// What `convert` reads.
struct ConvertSourceOptions: ParsableArguments {
    @Option(
        name: .customShort("f", allowingJoined: true),
        help: ArgumentHelp(
            "The sources' format; else their first bytes tell.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var format: Choice<ImageFormat>?

    @Option(
        name: .customShort("l", allowingJoined: true),
        help: ArgumentHelp(
            "Read an internal snapshot: its id, its name, or snapshot.id=ID,snapshot.name=NAME.",
            valueName: "snapshot"
        )
    )
    var snapshot: String?

    @Option(
        name: .customShort("T", allowingJoined: true),
        help: ArgumentHelp(
            "none, off and directsync read what the disk has, not what the page cache has kept.",
            valueName: Choice<CacheMode>.words
        )
    )
    var cache = Choice(CacheMode.writeback)

    @Flag(
        name: [.customShort("U"), .long],
        help: "Read the sources even while other programs write to them."
    )
    var forceShare = false

    @Flag(help: "Read what is damaged or missing as zeros, and say how much was lost.")
    var salvage = false

    @Flag(help: "Follow layers that only look like qcow2, because no format is recorded for them.")
    var trustProbed = false

    /// What the options say about some images, whose disks follow each other.
    func source(_ names: ArraySlice<String>) throws -> CollapseSource {
        let all = try names.map { try CollapseSource(named: $0, format: format?.value) }
        guard var source = all.first else { throw ValidationError("Must specify image file name") }
        guard snapshot == nil || all.count == 1 else {
            throw ValidationError("No support for concatenating multiple snapshot")
        }
        guard all.allSatisfy({ $0.format == source.format }) else {
            throw ValidationError("several sources have one format; say it with -f")
        }
        source.continuations = all.dropFirst().map(\.path)
        source.allowedBacking = .anyLocal
        source.trustsProbedFormats = trustProbed
        source.callerOptions = [.sharing, .trusting]
        source.sharesWithWriters = forceShare
        source.readsFromDisk = cache.value.passesPageCache
        source.snapshot = try snapshot.map { try SnapshotName($0).id(in: source) }
        return source
    }
}
