// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A target that keeps nothing: a disk is only looked at.
struct DiscardingWriter: TargetWriter {
    private final class Sink: ChunkSink {
        let tally = TargetTally()
        func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError) {}
    }

    let policy: PlanPolicy

    func begin() throws(CollapseError) {}
    func makeSink() -> any ChunkSink { Sink() }
    func finish() throws(CollapseError) {}
    func abandon() {}
}
