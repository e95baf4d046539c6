// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Collapses a chain of images into one that stands alone.
///
///     let collapse = Collapse(
///         source: CollapseSource(path: "top.qcow2"),
///         target: CollapseTarget(path: "flat.raw", format: .raw()))
///     let report = try await collapse.run { progress in print(progress.fraction) }
///
/// Every cluster that can be seen is read once; what reads as zeros is left out of the target. The
/// sources are opened for reading only. The target is written under a temporary name and gets its
/// own in one step when it is complete; when anything fails, or the task is cancelled, nothing is
/// left behind. The same chain and options make the same bytes, whatever the number of threads.
public struct Collapse: Sendable {
    /// What is collapsed.
    public let source: CollapseSource
    /// Where the result goes, and as what.
    public let target: CollapseTarget
    /// How the work is done.
    public let options: CollapseOptions
    /// The source's top is itself the target.
    let isInPlace: Bool

    /// A collapse that has not begun; nothing is opened yet.
    public init(
        source: CollapseSource,
        target: CollapseTarget,
        options: CollapseOptions = CollapseOptions()
    ) {
        self.source = source
        self.target = target
        self.options = options
        isInPlace = false
    }

    /// A collapse that gives a qcow2 overlay, in place, what the layers below it have, so that it needs
    /// them no more.
    ///
    /// Only what it lacks is copied, behind its end. The image is what it was until one write of its
    /// header completes the work: whatever happens before, nothing of it has changed.
    public init(inPlace source: CollapseSource, options: CollapseOptions = CollapseOptions()) {
        self.source = source
        self.options = options
        let format = CollapseTarget.Format.qcow2(CreationOptions(), QCow2Format(bitmaps: .all))
        target = CollapseTarget(path: source.path, format: format)
        isInPlace = true
    }

    /// Starts the work on threads of its own.
    public func start() -> CollapseJob {
        let (stream, continuation) = AsyncStream.makeStream(
            of: CollapseProgress.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let cancellation = Cancellation()
        let task = Task {
            let result = await WorkerThreads.runDetached {
                perform(ProgressMeter { continuation.yield($0) }, cancellation)
            }
            continuation.finish()
            return result
        }
        return CollapseJob(progress: stream, task: task, cancellation: cancellation)
    }

    /// Does the work and returns when it is done.
    ///
    /// - Parameter progress: called now and then, and at the end.
    /// - Returns: what was done.
    /// - Throws: `CollapseError`; `.cancelled` when the task was cancelled.
    public func run(
        progress: (@Sendable (CollapseProgress) -> Void)? = nil
    ) async throws(CollapseError) -> CollapseReport {
        let job = start()
        return try await withTaskCancellationHandler {
            for await value in job.progress { progress?(value) }
            return await job.result
        } onCancel: {
            job.cancel()
        }.get()
    }

    private func perform(
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) -> Result<CollapseReport, CollapseError> {
        Result { () throws(CollapseError) in
            try isInPlace ? copyInPlace(meter, cancellation) : copy(meter, cancellation)
        }
    }

    private func copy(
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) throws(CollapseError) -> CollapseReport {
        try options.validate()
        let chain = try ImageChain(source, salvage: options.salvage, cancellation)
        let base = try base(in: chain)
        try target.format.validate(hasBase: base != nil)
        let publication = try Publication(target, chain: chain, options)
        var journal: Journal?
        do throws(CollapseError) {
            let writer = try writer(publication.file, chain, base)
            if options.checksSpace, let freeBytes = try publication.freeBytes() {
                try checkSpace(freeBytes, chain, writer.policy, cancellation)
            }
            let proof = try CollapseProof(
                of: chain,
                base: base,
                writer,
                options,
                meter,
                cancellation,
                deviceBytes: isRawDevice(publication.file) ? chain.diskBytes : 0
            )
            var engine = CopyEngine(
                chain,
                proof.writer,
                meter,
                cancellation,
                bytesPerSecond: options.bytesPerSecond
            )
            let anew = try resume(publication, chain, &engine)
            journal = engine.journal
            let tally = try copy(with: engine, meter, cancellation)
            let size = try usingDisk { () throws(IOError) in try publication.file.size() }
            let digests = try proof.digests(of: publication.file, as: target.format)
            try publication.publish()
            meter.report()
            return report(chain, tally, size, digests, anew, meter.seconds)
        } catch {
            guard publication.abandon(journal, after: error) else { throw error }
            throw CollapseError(
                error.code,
                "\(error.message); what was copied is kept, and the same command with --resume goes "
                    + "on with it"
            )
        }
    }

    private func isRawDevice(_ file: TargetFile) -> Bool {
        guard case .raw = target.format else { return false }
        return file.isBlockDevice
    }

    private func copy(
        with engine: CopyEngine,
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) throws(CollapseError) -> CopyTally {
        try engine.writer.begin()
        let tally = try engine.run(threads: options.threads)
        meter.report()
        try engine.writer.finish()
        try cancellation.check()
        return tally
    }

    /// The layer from which on down the target's backing file has the same content.
    private func base(in chain: ImageChain) throws(CollapseError) -> Int? {
        if let name = source.base { return try chain.baseIndex(of: name) }
        guard case .qcow2(let creation, _) = target.format, let backing = creation.backing else {
            return nil
        }
        return try chain.baseIndex(of: backing, forTargetAt: target.path)
    }

    func checkSpace(
        _ freeBytes: UInt64,
        _ chain: ImageChain,
        _ policy: PlanPolicy,
        _ cancellation: Cancellation
    ) throws(CollapseError) {
        let check = SpaceCheck(
            path: target.path,
            format: target.format,
            chain: chain,
            policy: policy,
            threads: options.threads,
            cancellation: cancellation
        )
        try check.run(freeBytes: freeBytes)
    }

    private func writer(
        _ file: TargetFile,
        _ chain: ImageChain,
        _ base: Int?
    ) throws(CollapseError) -> any TargetWriter {
        switch target.format {
        case .raw(let preallocation):
            return try RawWriter(
                file,
                of: chain,
                preallocation: preallocation,
                options
            )
        case .qcow2(var creation, let format):
            if let base, creation.backing == nil {
                creation.backing = chain.backingName(of: base, forTargetAt: target.path)
            }
            return try QCow2Writer(
                file,
                of: chain,
                creation,
                format,
                baseLayer: base,
                options
            )
        }
    }

    func report(
        _ chain: ImageChain,
        _ tally: CopyTally,
        _ size: TargetFile.Size,
        _ digests: CollapseProof.Digests,
        _ warning: String?,
        _ seconds: Double
    ) -> CollapseReport {
        CollapseReport(
            diskBytes: chain.diskBytes,
            layers: zip(chain.layers, tally.layers).map { layer, tally in
                CollapseReport.Layer(path: layer.path, format: layer.format, tally: tally)
            },
            writtenBytes: tally.target.writtenBytes,
            sharedBytes: tally.target.sharedBytes,
            zeroBytes: tally.target.zeroBytes,
            skippedBytes: chain.diskBytes - min(chain.diskBytes, tally.guestBytes),
            lostBytes: tally.lostBytes,
            resumedBytes: tally.resumedBytes,
            targetBytes: size.byteCount,
            targetAllocatedBytes: size.allocatedBytes,
            digest: digests.source,
            verifiedDigest: digests.target,
            warnings: chain.warnings + bitmapWarnings(chain) + (warning.map { [$0] } ?? []),
            threads: options.threads,
            seconds: seconds
        )
    }

    private func bitmapWarnings(_ chain: ImageChain) -> [String] {
        guard case .qcow2(_, let format) = target.format else {
            return BitmapCopies.warnings(.none, of: chain)
        }
        return BitmapCopies.warnings(format.bitmaps, of: chain)
    }
}
