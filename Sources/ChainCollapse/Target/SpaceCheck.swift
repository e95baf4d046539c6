// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// Refuses a copy that cannot fit before anything is written.
///
/// What is known for nothing is looked at first: the disk's size, and the space that the layers take.
/// Only where that leaves a doubt the maps are asked, and only where they do the data itself, of which
/// zeros take no space. So no copy is refused that would fit without the file system packing it.
struct SpaceCheck {
    /// Where all layers together are smaller than the free space by this factor, no doubt is raised,
    /// though they may be compressed.
    private static let expansion: UInt64 = 8

    let path: String
    let format: CollapseTarget.Format
    let chain: ImageChain
    let policy: PlanPolicy
    let threads: Int
    let cancellation: Cancellation

    /// Looks whether a new file has room.
    ///
    /// - Parameter freeBytes: the space that there is.
    /// - Throws: `.unusableTarget` when it is certain that the copy does not fit; what reading the
    ///   chain throws.
    func run(freeBytes: UInt64) throws(CollapseError) {
        guard freeBytes < chain.diskBytes else { return }
        guard let isPreallocated else { return }
        guard !isPreallocated else { throw refusal(chain.diskBytes, freeBytes) }
        let occupied = try occupiedBytes()
        guard occupied > freeBytes / SpaceCheck.expansion else { return }
        let mapped = try count(upTo: nil)
        guard mapped > freeBytes else { return }
        guard try count(upTo: freeBytes) > freeBytes else { return }
        throw refusal(mapped, freeBytes)
    }

    /// Whether the whole disk takes space; nil when nobody can tell how much anything takes, since it
    /// is compressed.
    private var isPreallocated: Bool? {
        switch format {
        case .raw(let preallocation): [.falloc, .full].contains(preallocation)
        case .qcow2(_, let format):
            format.compresses ? nil : [.falloc, .full].contains(format.preallocation)
        }
    }

    /// The space that the layers take.
    private func occupiedBytes() throws(CollapseError) -> UInt64 {
        var sum: UInt64 = 0
        for file in chain.layers.flatMap(\.files) {
            let bytes = try usingDisk { () throws(IOError) in try file.occupiedBytes() }
            sum = sum.addingReportingOverflow(bytes).partialValue
        }
        return sum
    }

    /// The bytes that a copy takes: by the maps or, up to a limit, by what is read.
    private func count(upTo limit: UInt64?) throws(CollapseError) -> UInt64 {
        let counter = SpaceCounter(policy, limit: limit)
        let engine = CopyEngine(chain, counter, ProgressMeter { _ in }, cancellation)
        _ = try engine.run(threads: threads)
        return counter.byteCount
    }

    private func refusal(_ neededBytes: UInt64, _ freeBytes: UInt64) -> CollapseError {
        CollapseError(
            .unusableTarget,
            "\(path): the target would take up to \(neededBytes) bytes, and only \(freeBytes) are "
                + "free there (make room, choose another place, or try with --no-space-check)"
        )
    }
}

/// A target that only counts what would be written to it.
private final class SpaceCounter: TargetWriter {
    let policy: PlanPolicy
    /// Nil when the maps are believed and nothing is read.
    fileprivate let limit: UInt64?
    private let sum = Atomic<UInt64>(0)
    var byteCount: UInt64 { sum.load(ordering: .relaxed) }

    init(_ policy: PlanPolicy, limit: UInt64?) {
        self.policy = policy
        self.limit = limit
    }

    func begin() throws(CollapseError) {}
    func makeSink() -> any ChunkSink { SpaceSink(self) }
    func finish() throws(CollapseError) {}
    func abandon() {}

    func add(_ bytes: UInt64) { sum.add(bytes, ordering: .relaxed) }
}

private final class SpaceSink: ChunkSink {
    private let counter: SpaceCounter
    let tally = TargetTally()

    init(_ counter: SpaceCounter) { self.counter = counter }

    /// Leaves of a chunk what must be looked at: nothing once the limit is passed.
    func share(_ chunk: Chunk) throws(CollapseError) -> Chunk? {
        let own = chunk.with(
            chunk.extents.filter { extent in
                extent.needsReading
                    && !counter.policy.sharedLayers.contains(extent.layer ?? 0)
            }
        )
        if let limit = counter.limit { return counter.byteCount > limit ? nil : own }
        counter.add(own?.dataBytes ?? 0)
        return nil
    }

    func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError) {
        for span in buffer.spans {
            let runs = buffer.bytes.dataRuns(in: span, grainBytes: RawWriter.zeroGrainBytes)
            counter.add(runs.reduce(0) { $0 + UInt64($1.count) })
        }
    }
}
