// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Compares what two chains of images read as.
///
///     let report = try await Comparison(of: old, and: new).run()
///     if report.difference != nil { … }
///
/// The work ends at the first difference. Not read is what both chains know to be zeros, and what
/// both have in the same place of the same file. The shorter disk counts as if zeros followed it.
public struct Comparison: Sendable {
    /// The chains; their bases are of no account.
    public let sources: [CollapseSource]
    /// Sizes and allocation must be the same as well.
    public var isStrict = false
    /// The number of workers.
    public var threads: Int

    /// A comparison that has not begun, with one worker a processor; nothing is opened yet.
    public init(of first: CollapseSource, and second: CollapseSource) {
        sources = [first, second]
        threads = WorkerThreads.processorCount
    }

    /// Where two disks are not the same, lowest first.
    public enum Difference: Hashable, Sendable {
        /// The content of the sector at this guest offset.
        case content(UInt64)
        /// Whether there is data, compressed data, zeros or nothing at this guest offset; strict
        /// comparisons only.
        case allocation(UInt64)
        /// The size; strict comparisons only.
        case size
    }

    /// What a comparison found.
    public struct Report: Hashable, Sendable {
        /// The first difference; nil when there is none.
        public let difference: Difference?
        /// The sizes of the disks in bytes.
        public let diskBytes: [UInt64]
        /// What a user should know about the images, one sentence each.
        public let warnings: [String]
    }

    /// Why disks could not be compared.
    public struct Failure: Error, Hashable, Sendable {
        /// The steps of a comparison.
        public enum Step: Hashable, Sendable { case opening, mapping, reading }

        /// What was being done.
        public let step: Step
        /// What went wrong.
        public let error: CollapseError
    }

    /// Does the work and returns when it is done.
    ///
    /// - Parameter progress: called now and then, and at the end, from any thread.
    /// - Returns: the first difference.
    /// - Throws: `Failure`; its error is `.cancelled` when the task was cancelled.
    public func run(
        progress: (@Sendable (CollapseProgress) -> Void)? = nil
    ) async throws(Failure) -> Report {
        let result: Result<Report, Failure>
        do throws(CollapseError) {
            result = try await lookingAtDisks(progress) { (meter, cancellation) in
                Result { () throws(Failure) in try compare(meter, cancellation) }
            }
        } catch { throw Failure(step: .reading, error: error) }
        return try result.get()
    }

    private func compare(
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) throws(Failure) -> Report {
        let chains = try at(.opening) { () throws(CollapseError) in
            var chains: [ImageChain] = []
            for source in sources {
                chains.append(try ImageChain(source, salvage: false, cancellation))
            }
            return chains
        }
        let sizes = chains.map(\.diskBytes)
        var difference: Difference? = isStrict && sizes[0] != sizes[1] ? .size : nil
        if difference == nil {
            let maps = chains.map { FlatMap(of: $0) }
            let cursor = ComparisonCursor(maps, meter, cancellation)
            WorkerThreads.run(threads) { _ in
                var worker = ComparisonWorker(maps, isStrict: isStrict)
                while let range = cursor.next() {
                    let result = Result { () throws(Failure) in try worker.compare(range) }
                    cursor.add(result, range)
                }
            }
            difference = try cursor.result()
        }
        meter.report()
        return Report(
            difference: difference,
            diskBytes: sizes,
            warnings: chains.flatMap(\.warnings)
        )
    }
}
