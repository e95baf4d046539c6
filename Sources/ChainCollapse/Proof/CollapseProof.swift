// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Shows that a target reads as its source does, as far as the options ask for it.
struct CollapseProof {
    /// What the source and the target read as; nil where nobody asked.
    typealias Digests = (source: ContentDigest?, target: ContentDigest?)

    private let chain: ImageChain
    /// The layer that stays below the target.
    private let base: Int?
    private let options: CollapseOptions
    private let meter: ProgressMeter
    private let cancellation: Cancellation
    /// Digests the source while it is copied.
    private let passing: DigestingWriter?
    /// The source's digest, where that cannot be.
    private let known: ContentDigest?
    /// What the copy writes to.
    let writer: any TargetWriter

    /// Begins the proof of a copy to a writer.
    ///
    /// Data is digested on its way through the memory of the workers. Where some of it does not come
    /// there, because its blocks are shared or stay below the target, the source is read for this
    /// first. A device is read back whole, `deviceBytes` of it.
    init(
        of chain: ImageChain,
        base: Int?,
        _ writer: any TargetWriter,
        _ options: CollapseOptions,
        _ meter: ProgressMeter,
        _ cancellation: Cancellation,
        deviceBytes: UInt64 = 0
    ) throws(CollapseError) {
        (self.chain, self.base, self.options) = (chain, base, options)
        (self.meter, self.cancellation) = (meter, cancellation)
        let isWanted = options.digests || options.verifies
        // What an earlier process has copied does not come there either.
        let passes = base == nil && writer.policy.sharedLayers.isEmpty && !options.resumes
        passing =
            isWanted && passes ? DigestingWriter(writer, diskBytes: chain.diskBytes) : nil
        self.writer = passing ?? writer
        let passesAfterCopy = options.verifies ? 1 : 0
        var known: ContentDigest?
        if isWanted, !passes {
            meter.beginPass(followedBy: passesAfterCopy + 1, ofAtLeast: deviceBytes)
            let work = DigestWork(chain: chain, threads: options.threads, salvage: options.salvage)
            known = try work.run(meter, cancellation).0
        }
        self.known = known
        meter.beginPass(followedBy: passesAfterCopy, ofAtLeast: deviceBytes)
    }

    /// The digests, after the copy.
    ///
    /// - Throws: `.verificationFailed` when the target was to be read back and does not read as the
    ///   source does.
    func digests(
        of file: TargetFile,
        as format: CollapseTarget.Format
    ) throws(CollapseError) -> Digests {
        let source = passing?.digest() ?? known
        guard options.verifies else { return (source, nil) }
        try usingDisk { () throws(IOError) in try file.flush() }
        let target = try digest(of: file, as: format)
        guard target == source else {
            throw CollapseError(
                .verificationFailed,
                "\(file.path): read back, the target does not read as the source does: a disk, the "
                    + "memory or this program is at fault (run it again, and check the hardware)"
            )
        }
        return (source, target)
    }

    private func digest(
        of file: TargetFile,
        as format: CollapseTarget.Format
    ) throws(CollapseError) -> ContentDigest {
        meter.beginPass(followedBy: 0)
        do throws(CollapseError) {
            let below = base.map { chain.layers[$0...] } ?? []
            let work = DigestWork(
                chain: ImageChain(layers: [try layer(of: file, as: format)] + below),
                threads: options.threads,
                // Only the base can have what the source was allowed to have.
                salvage: options.salvage && base != nil
            )
            return try work.run(meter, cancellation).0
        } catch {
            guard error.code != .cancelled else { throw error }
            throw CollapseError(
                .verificationFailed,
                "the target cannot be read back: \(error.message)"
            )
        }
    }

    /// The target as a layer, which nobody but us has locked.
    private func layer(
        of file: TargetFile,
        as format: CollapseTarget.Format
    ) throws(CollapseError) -> Layer {
        let source = try usingDisk { () throws(IOError) in try file.readBack() }
        let (content, diskBytes) = try readingImage {
            () throws(ImageError) -> (Layer.Content, UInt64) in
            guard case .qcow2 = format else {
                // A device may be longer than the disk.
                return (.raw(start: 0), file.isBlockDevice ? chain.diskBytes : source.byteCount)
            }
            let header = try Header(reading: source)
            let image = QCow2Image(header: header, metadata: source, clusters: source)
            let table = try image.activeTable()
            return (.qcow2(image, table), table.diskBytes)
        }
        return Layer(
            path: file.path,
            content: content,
            data: source,
            diskBytes: diskBytes,
            files: [],
            mayHaveHoles: true
        )
    }
}
