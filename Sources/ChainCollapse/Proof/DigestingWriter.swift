// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// Digests a disk on its way to another writer, from whose plan no data may be missing.
final class DigestingWriter: TargetWriter {
    /// The subtree of a chunk that a worker has digested, and its place.
    fileprivate typealias Part = (firstLeaf: UInt64, hash: SHA256Hash)

    private struct State {
        var tree = DigestTree()
        /// Parts of chunks that overtook others, by their tickets; nil for zeros.
        var parts: [Int: Part?] = [:]
        var nextTicket = 0
    }

    private let writer: any TargetWriter
    fileprivate let diskBytes: UInt64
    /// The level of a chunk's subtree.
    fileprivate let partLevel: Int
    private let state = Mutex(State())

    init(_ writer: any TargetWriter, diskBytes: UInt64) {
        self.writer = writer
        self.diskBytes = diskBytes
        partLevel = min(
            DigestTree.height(diskBytes: Chunk.slotBytes),
            DigestTree.height(diskBytes: diskBytes)
        )
    }

    var policy: PlanPolicy { writer.policy }
    func begin() throws(CollapseError) { try writer.begin() }
    func makeSink() -> any ChunkSink { DigestingSink(self, writer.makeSink()) }
    func finish() throws(CollapseError) { try writer.finish() }
    func abandon() { writer.abandon() }

    /// Takes what became of the chunk with a ticket.
    ///
    /// Chunks come nearly in order, so few parts ever wait for one before them.
    fileprivate func add(_ part: Part?, ticket: Int) {
        state.withLock { state in
            state.parts[ticket] = .some(part)
            while let next = state.parts.removeValue(forKey: state.nextTicket) {
                state.nextTicket += 1
                guard let next else { continue }
                state.tree.appendZeros(upTo: next.firstLeaf)
                state.tree.append(next.hash, level: partLevel)
            }
        }
    }

    /// The digest of the disk, after all chunks were written.
    func digest() -> ContentDigest {
        state.withLock { $0.tree.digest(diskBytes: diskBytes) }
    }
}

private final class DigestingSink: ChunkSink {
    private let writer: DigestingWriter
    private let sink: any ChunkSink

    init(_ writer: DigestingWriter, _ sink: any ChunkSink) {
        self.writer = writer
        self.sink = sink
    }

    var tally: TargetTally { sink.tally }

    func share(_ chunk: Chunk) throws(CollapseError) -> Chunk? { try sink.share(chunk) }

    func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError) {
        writer.add(chunk.wholeZeroSlots == nil ? part(chunk, buffer) : nil, ticket: chunk.ticket)
        try sink.write(chunk, buffer)
    }

    private func part(_ chunk: Chunk, _ buffer: ChunkBuffer) -> DigestingWriter.Part {
        let leafBytes = DigestTree.leafBytes
        var tree = DigestTree()
        for leaf in 0..<(1 << writer.partLevel) {
            let range = (leaf * leafBytes)..<((leaf + 1) * leafBytes)
            guard buffer.complete(range), !buffer.bytes.isZero(range) else { continue }
            tree.appendZeros(upTo: UInt64(leaf))
            tree.append(DigestTree.leaf(buffer.bytes, range), level: 0)
        }
        return (chunk.slotStart / UInt64(leafBytes), tree.complete(level: writer.partLevel))
    }
}

extension ChunkBuffer {
    /// Makes zero what is not filled in a range.
    ///
    /// - Returns: false, and changes nothing, when none of it is filled.
    fileprivate func complete(_ range: Range<Int>) -> Bool {
        let filled = spans.filter { $0.overlaps(range) }.map { $0.clamped(to: range) }
        guard !filled.isEmpty else { return false }
        var position = range.lowerBound
        for span in filled {
            bytes.zero(position..<span.lowerBound)
            position = span.upperBound
        }
        bytes.zero(position..<range.upperBound)
        return true
    }
}
