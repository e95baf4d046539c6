// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Computes a digest of what a chain of images reads as.
///
///     let report = try await Digest(of: CollapseSource(path: "top.qcow2")).run()
///     print(report.digest)
///
/// The digest depends on the disk's size and content alone. The images are opened for reading only.
public struct Digest: Sendable {
    /// What is digested; its base is of no account.
    public let source: CollapseSource
    /// The number of workers.
    public var threads: Int
    /// Read what cannot be read as zeros, and count it.
    public var salvage = false

    /// A digest that has not begun, with one worker a processor; nothing is opened yet.
    public init(of source: CollapseSource) {
        self.source = source
        threads = WorkerThreads.processorCount
    }

    /// Does the work and returns when it is done.
    ///
    /// - Parameter progress: called now and then, and at the end, from any thread.
    /// - Returns: the digest and what it was made from.
    /// - Throws: `CollapseError`; `.cancelled` when the task was cancelled.
    public func run(
        progress: (@Sendable (CollapseProgress) -> Void)? = nil
    ) async throws(CollapseError) -> DigestReport {
        try await lookingAtDisks(progress) { (meter, cancellation) throws(CollapseError) in
            let chain = try ImageChain(source, salvage: salvage, cancellation)
            let work = DigestWork(chain: chain, threads: threads, salvage: salvage)
            let (digest, tally) = try work.run(meter, cancellation)
            return DigestReport(
                digest: digest,
                diskBytes: chain.diskBytes,
                dataBytes: tally.guestBytes,
                readBytes: tally.readBytes,
                lostBytes: tally.lostBytes,
                warnings: chain.warnings,
                threads: threads,
                seconds: meter.seconds
            )
        }
    }
}

/// What a digest found.
public struct DigestReport: Hashable, Sendable {
    /// The digest of the disk.
    public let digest: ContentDigest
    /// The disk's size in bytes.
    public let diskBytes: UInt64
    /// Guest bytes that some layer has data for.
    public let dataBytes: UInt64
    /// Bytes read from all layers, without tables.
    public let readBytes: UInt64
    /// Guest bytes that could not be read and count as zeros, by salvage.
    public let lostBytes: UInt64
    /// What a user should know about the images, one sentence each.
    public let warnings: [String]
    /// The number of workers.
    public let threads: Int
    /// The time it took, in seconds.
    public let seconds: Double
}

/// A pass over a whole chain that keeps nothing but its digest.
struct DigestWork: Sendable {
    let chain: ImageChain
    let threads: Int
    let salvage: Bool

    /// Reads the chain.
    ///
    /// - Returns: its digest, and what was read.
    func run(
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) throws(CollapseError) -> (ContentDigest, CopyTally) {
        let policy = PlanPolicy(grainBytes: UInt64(RawWriter.zeroGrainBytes), salvage: salvage)
        let writer = DigestingWriter(
            DiscardingWriter(policy: policy),
            diskBytes: chain.diskBytes
        )
        let engine = CopyEngine(chain, writer, meter, cancellation)
        let tally = try engine.run(threads: threads)
        meter.report()
        return (writer.digest(), tally)
    }
}

/// Runs work that only reads on threads of its own; cancelling the task cancels it.
func lookingAtDisks<R: Sendable>(
    _ progress: (@Sendable (CollapseProgress) -> Void)?,
    _ work: @escaping @Sendable (ProgressMeter, Cancellation) throws(CollapseError) -> R
) async throws(CollapseError) -> R {
    let cancellation = Cancellation()
    let meter = ProgressMeter { progress?($0) }
    return try await withTaskCancellationHandler {
        await WorkerThreads.runDetached {
            Result { () throws(CollapseError) in try work(meter, cancellation) }
        }
    } onCancel: {
        cancellation.cancel()
    }.get()
}
