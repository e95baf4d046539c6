// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a worker gives its chunks to.
protocol ChunkSink: AnyObject {
    /// Lets the target share blocks with the sources where it can.
    ///
    /// - Returns: what of the chunk is left to copy; nil when nothing is.
    func share(_ chunk: Chunk) throws(CollapseError) -> Chunk?
    /// Writes what the chunk's extents read as. Chunks that read as zeros only come without bytes.
    func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError)
    /// What was written so far.
    var tally: TargetTally { get }
    /// What `replay` must be told of the chunk that was written last; nil when it was not written,
    /// because the work has ended early.
    var record: [UInt64]? { get }
    /// Takes in that an earlier process has written a chunk, so that the next gets its place behind
    /// it.
    ///
    /// - Returns: false when the record cannot be of this chunk.
    func replay(_ chunk: Chunk, _ record: [UInt64]) -> Bool
}

/// Something that a chain can be collapsed into.
///
/// Its sinks are used side by side, one by worker.
protocol TargetWriter: Sendable {
    /// What the target must be given.
    var policy: PlanPolicy { get }
    /// Called once before the first chunk that is written, and after those that an earlier process
    /// has written and flushed: whatever else is in the target is gone when it returns.
    func begin() throws(CollapseError)
    func makeSink() -> any ChunkSink
    /// Called once after the last chunk.
    func finish() throws(CollapseError)
    /// Called instead when the work ends early, so that no worker waits for another.
    func abandon()
}

/// What was written to a target.
struct TargetTally: Hashable, Sendable {
    /// Bytes of guest data written, compressed or not.
    var writtenBytes: UInt64 = 0
    /// Guest bytes that were read and turned out to be zeros.
    var zeroBytes: UInt64 = 0
    /// Guest bytes whose blocks are shared with a source.
    var sharedBytes: UInt64 = 0

    /// Counts what was read of a chunk and not kept.
    mutating func countZeros(of chunk: Chunk, kept: UInt64) {
        zeroBytes += chunk.dataBytes - min(kept, chunk.dataBytes)
    }

    static func += (left: inout TargetTally, right: TargetTally) {
        left.writtenBytes += right.writtenBytes
        left.zeroBytes += right.zeroBytes
        left.sharedBytes += right.sharedBytes
    }
}

extension ChunkSink {
    var record: [UInt64]? { [] }

    func replay(_ chunk: Chunk, _ record: [UInt64]) -> Bool { record.isEmpty }

    func share(_ chunk: Chunk) throws(CollapseError) -> Chunk? { chunk }
}
