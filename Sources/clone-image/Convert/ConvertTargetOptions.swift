// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// What `convert` makes.
struct ConvertTargetOptions: ParsableArguments {
    @Option(
        name: .customShort("O", allowingJoined: true),
        help: ArgumentHelp("The target's format.", valueName: Choice<ImageFormat>.words)
    )
    var format = Choice(ImageFormat.raw)

    @Option(
        name: .customShort("o", allowingJoined: true),
        help: ArgumentHelp(
            "Options of that format, separated by commas. help: list them. May be repeated.",
            valueName: "key=value"
        )
    )
    var options: [String] = []

    @Flag(name: .customShort("c"), help: "Compress the clusters of a qcow2 target.")
    var compress = false

    @Option(
        name: [
            .customShort("B", allowingJoined: true), .customShort("b", allowingJoined: true),
        ],
        help: ArgumentHelp(
            "Keep this image below a qcow2 target: a layer of the source's chain, or a copy of the "
                + "image right below the source. The name is relative to the target.",
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

    @Flag(
        name: .customShort("n"),
        help: """
            Write into a target that exists: a device, a raw file, or a qcow2 image, which keeps its kind.
            """
    )
    var existing = false

    @Flag(help: "With -n: the target reads as zeros, so none are written.")
    var targetIsZero = false

    @Option(
        name: .customShort("S", allowingJoined: true),
        help: ArgumentHelp(
            "In a raw target, so many zeros become a hole. 0: all is written.",
            valueName: "size"
        )
    )
    var sparseSize: ByteSize?

    @Option(
        name: .customShort("t", allowingJoined: true),
        help: ArgumentHelp(
            "unsafe: the system writes the target to the disk when it likes. writeback, writethrough: it "
                + "is there at the end. none, off, directsync: also past the page cache.",
            valueName: Choice<CacheMode>.words
        )
    )
    var cache = Choice(CacheMode.unflushed)

    @Flag(help: "Copy the persistent bitmaps of the source into a qcow2 target.")
    var bitmaps = false

    @Flag(help: "With --bitmaps: leave out those that were not saved properly.")
    var skipBrokenBitmaps = false

    /// The options of `-o`, and those that stand for some of them.
    func list() throws -> QemuOptionList {
        var list = try QemuOptionList(options)
        if let backing { list.set("backing_file", backing) }
        if let backingFormat { list.set("backing_fmt", backingFormat.value.rawValue) }
        return list
    }

    /// Refuses what contradicts itself.
    func validate() throws {
        if skipBrokenBitmaps, !bitmaps {
            throw ValidationError("Use of --skip-broken-bitmaps requires --bitmaps")
        }
        if targetIsZero, !existing {
            throw ValidationError("--target-is-zero requires use of -n flag")
        }
        if existing, !options.isEmpty, try !list().asksForHelp {
            throw ValidationError("-o has no effect when skipping image creation")
        }
        if compress, format.value == .raw {
            throw ValidationError("Compression not supported for this file format")
        }
        if bitmaps, format.value == .raw {
            throw ValidationError("Format driver 'raw' does not support bitmaps")
        }
        if compress, sparseSize?.bytes == 0 {
            throw ValidationError("-S 0 writes zeros as they are, and -c does not")
        }
        guard let bytes = sparseSize?.bytes, bytes % 512 != 0 || bytes > 16 << 20 else { return }
        throw ValidationError(
            "Invalid buffer size for sparse output specified: -S takes multiples of 512 up to 16M, "
                + "and 0"
        )
    }

    /// The target at a path for a source.
    func target(_ name: String, for source: CollapseSource) throws -> CollapseTarget {
        let path = try CollapseSource(named: name).path
        let format =
            existing && self.format.value == .qcow2
            ? try formatOfExisting(path, for: source) : try newFormat(for: source)
        var target = CollapseTarget(path: path, format: format, replacesExisting: true)
        target.permissions = 0o644
        if existing, case .raw = format {
            target.fillsExisting = true
            target.isZeroed = targetIsZero
        }
        return target
    }

    private func newFormat(for source: CollapseSource) throws -> CollapseTarget.Format {
        let creation = try QemuCreation(format.value, list())
        guard (creation.backingName == nil) == (creation.backingFormat == nil) else {
            throw ValidationError(
                creation.backingName == nil
                    ? "Backing format cannot be used without backing file"
                    : "Use of backing file requires explicit backing format"
            )
        }
        guard creation.backingName == nil || source.continuations.isEmpty else {
            throw ValidationError(
                "Having a backing file for the target makes no sense when concatenating multiple input "
                    + "images"
            )
        }
        guard creation.backingName == nil || sparseSize?.bytes != 0 else {
            throw ValidationError(
                "-S 0 allocates all of the disk, which would hide the backing file"
            )
        }
        guard !bitmaps || source.continuations.isEmpty else {
            throw ValidationError("Copying bitmaps only possible with single source")
        }
        return with(creation.target)
    }

    private func with(_ format: CollapseTarget.Format) -> CollapseTarget.Format {
        let fills = sparseSize?.bytes == 0
        switch format {
        case .raw(let preallocation): return .raw(preallocation: fills ? .full : preallocation)
        case .qcow2(let creation, var format):
            format.compresses = compress
            if fills { format.preallocation = .full }
            if bitmaps { format.bitmaps = skipBrokenBitmaps ? .sound : .all }
            return .qcow2(creation, format)
        }
    }

    /// An image of the kind that has the name.
    private func formatOfExisting(
        _ path: String,
        for source: CollapseSource
    ) throws -> CollapseTarget.Format {
        // Whether somebody has it open is found out when it is locked to be written.
        let old = try ImageInformation(of: path, format: .qcow2, sharesWithWriters: true)
        guard let details = old.details, let creation = CreationOptions(of: details),
            old.backing == nil, backing == nil, old.snapshots.isEmpty, details.bitmaps.isEmpty
        else {
            throw CollapseError(
                .unusableTarget,
                "\(path): -n fills a qcow2 image that has neither a backing file nor snapshots, bitmaps, "
                    + "encryption or a data file (without -n it is made anew)"
            )
        }
        let bytes = try source.diskBytes()
        guard old.diskBytes == bytes else {
            throw CollapseError(
                .unusableTarget,
                "\(path): the image has a disk of \(old.diskBytes) bytes and the source one of "
                    + "\(bytes): -n fills qcow2 images of the same size (without -n it is made anew)"
            )
        }
        return with(.qcow2(creation, QCow2Format()))
    }
}

extension CreationOptions {
    /// The options that made an image; nil where some cannot be had.
    fileprivate init?(of details: ImageInformation.Details) {
        guard details.dataFile == nil, !details.isEncrypted else { return nil }
        self.init()
        version = details.version
        clusterBytes = details.clusterBytes
        refcountBits = details.refcountBits
        hasExtendedL2 = details.hasExtendedL2
        hasLazyRefcounts = details.hasLazyRefcounts
        compressionType = details.compressionType
    }
}

extension CollapseSource {
    /// The size of the disk, or of all disks together.
    fileprivate func diskBytes() throws(CollapseError) -> UInt64 {
        var sum: UInt64 = 0
        for path in [path] + continuations {
            let image = try ImageInformation(of: path, format: format, sharesWithWriters: true)
            let snapshot =
                image.snapshots.first { $0.id == self.snapshot }
                ?? image.snapshots.first { $0.name == self.snapshot }
            // More than any disk has is more than the target has.
            let (next, overflow) = sum.addingReportingOverflow(
                snapshot?.diskBytes ?? image.diskBytes
            )
            sum = overflow ? .max : next
        }
        return sum
    }
}
