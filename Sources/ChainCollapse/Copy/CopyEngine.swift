// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// What the workers of one copy did.
struct CopyTally: Sendable {
    var layers: [LayerTally]
    var target = TargetTally()
    /// Guest bytes that were lost before any copying, by salvage: their tables or entries are
    /// damaged.
    var lostMappedBytes: UInt64 = 0
    /// Bytes of data that an earlier process has copied.
    var resumedBytes: UInt64 = 0

    var guestBytes: UInt64 { layers.reduce(0) { $0 + $1.guestBytes } }
    var readBytes: UInt64 { layers.reduce(0) { $0 + $1.readBytes } }
    var lostBytes: UInt64 { layers.reduce(lostMappedBytes) { $0 + $1.lostBytes } }

    init(layers: Int) { self.layers = Array(repeating: LayerTally(), count: layers) }

    mutating func add(_ layers: [LayerTally], _ target: TargetTally) {
        for index in layers.indices { self.layers[index] += layers[index] }
        self.target += target
    }
}

/// Everything a copy needs.
///
/// Two engines carry it out: the serial one is short and obviously right; the parallel one must
/// make the same bytes.
struct CopyEngine: Sendable {
    fileprivate let map: FlatMap
    let writer: any TargetWriter
    fileprivate let meter: ProgressMeter
    fileprivate let cursor: ChunkCursor
    fileprivate let limiter: RateLimiter?
    /// Told of each chunk that is written; nil when nobody will go on with the copy.
    var journal: Journal?
    /// What an earlier process has copied.
    private var tally: CopyTally

    init(
        _ chain: ImageChain,
        _ writer: any TargetWriter,
        _ meter: ProgressMeter,
        _ cancellation: Cancellation,
        bytesPerSecond: UInt64? = nil
    ) {
        map = FlatMap(of: chain)
        self.writer = writer
        self.meter = meter
        cursor = ChunkCursor(map, writer.policy, meter, cancellation)
        limiter = bytesPerSecond.map { RateLimiter(bytesPerSecond: $0, cancellation) }
        tally = CopyTally(layers: chain.layers.count)
    }

    /// Passes over the chunks that an earlier process has written, before any other.
    ///
    /// - Returns: how many they are.
    /// - Throws: `CollapseError`, also when the journal is not of this copy.
    mutating func replay(_ reader: inout JournalReader) throws(CollapseError) -> Int {
        var worker = CopyWorker(self)
        var count = 0
        while let entry = try reader.next() {
            guard let chunk = try worker.next(), chunk.slotStart == entry.slotStart,
                worker.replay(chunk, entry.words)
            else { throw reader.mismatch }
            count += 1
        }
        tally = worker.tally
        tally.resumedBytes = worker.replayedBytes
        return count
    }

    /// Copies all chunks; with one thread serially.
    func run(threads: Int) throws(CollapseError) -> CopyTally {
        var tally = try threads > 1 ? runInParallel(threads: threads) : runSerially()
        tally.lostMappedBytes = cursor.lostBytes + map.chain.lostTableBytes
        tally.add(self.tally.layers, self.tally.target)
        tally.resumedBytes = self.tally.resumedBytes
        return tally
    }

    /// Copies all chunks on the calling thread.
    private func runSerially() throws(CollapseError) -> CopyTally {
        var worker = CopyWorker(self)
        while let chunk = try worker.next() { try worker.copy(chunk) }
        return worker.tally
    }

    /// Copies all chunks on `threads` threads.
    ///
    /// The first error wins and stops the others.
    private func runInParallel(threads: Int) throws(CollapseError) -> CopyTally {
        let outcome = SharedOutcome(CopyTally(layers: map.chain.layers.count))
        WorkerThreads.run(threads) { _ in
            var worker = CopyWorker(self)
            do throws(CollapseError) {
                while !outcome.hasFailed, let chunk = try worker.next() {
                    try worker.copy(chunk)
                }
                outcome.add(worker.tally)
            } catch {
                outcome.fail(error)
                writer.abandon()
                limiter?.stop()
            }
        }
        return try outcome.result()
    }
}

/// What one thread needs to copy chunks.
private struct CopyWorker {
    private let cursor: ChunkCursor
    private var planner: CollapsePlanner
    private let reader: ChunkReader
    private let sink: any ChunkSink
    private let buffer = ChunkBuffer()
    private let grainBytes: Int
    private let meter: ProgressMeter
    private let limiter: RateLimiter?
    private let journal: Journal?
    /// What will be read soon, as far as that is news.
    private var upcoming: [Chunk] = []
    /// Guest bytes that came from each layer.
    private var usedBytes: [UInt64]
    private(set) var replayedBytes: UInt64 = 0

    init(_ engine: CopyEngine) {
        cursor = engine.cursor
        planner = CollapsePlanner(engine.map, policy: engine.writer.policy)
        reader = ChunkReader(engine.map.chain, engine.writer.policy)
        sink = engine.writer.makeSink()
        grainBytes = Int(engine.writer.policy.grainBytes)
        meter = engine.meter
        limiter = engine.limiter
        journal = engine.journal
        usedBytes = Array(repeating: 0, count: engine.map.chain.layers.count)
    }

    mutating func next() throws(CollapseError) -> Chunk? {
        guard let (chunk, upcoming) = try cursor.take(&planner) else { return nil }
        self.upcoming = upcoming
        return chunk
    }

    mutating func copy(_ chunk: Chunk) throws(CollapseError) {
        defer { count(chunk) }
        upcoming.forEach(reader.announce)
        try move(chunk)
        if let journal, let record = sink.record { try journal.add(chunk, record) }
    }

    /// Takes in that a chunk is written; false when the record cannot be of it.
    mutating func replay(_ chunk: Chunk, _ record: [UInt64]) -> Bool {
        replayedBytes += chunk.dataBytes
        count(chunk)
        return sink.replay(chunk, record)
    }

    private mutating func count(_ chunk: Chunk) {
        for extent in chunk.extents where extent.needsReading {
            usedBytes[extent.layer ?? 0] += extent.byteCount
        }
        meter.add(chunk.dataBytes)
    }

    private func move(_ chunk: Chunk) throws(CollapseError) {
        guard let rest = try sink.share(chunk) else { return }
        guard rest.wholeZeroSlots == nil else { return try sink.write(rest, buffer) }
        for piece in rest.slots {
            buffer.prepare(for: piece, grainBytes: grainBytes)
            try reader.read(piece, into: buffer)
            let before = sink.tally.writtenBytes
            try sink.write(piece, buffer)
            try limiter?.wait(forBytes: sink.tally.writtenBytes - before)
        }
    }

    var tally: CopyTally {
        var tally = CopyTally(layers: reader.tallies.count)
        tally.add(reader.tallies, sink.tally)
        for (layer, bytes) in usedBytes.enumerated() { tally.layers[layer].guestBytes = bytes }
        return tally
    }
}

/// The sum of what the workers did, or the first error.
private final class SharedOutcome: Sendable {
    private let state: Mutex<Result<CopyTally, CollapseError>>

    init(_ tally: CopyTally) { state = Mutex(.success(tally)) }

    var hasFailed: Bool {
        state.withLock { if case .failure = $0 { true } else { false } }
    }

    func add(_ tally: CopyTally) {
        state.withLock { state in
            guard case .success(var sum) = state else { return }
            sum.add(tally.layers, tally.target)
            state = .success(sum)
        }
    }

    func fail(_ error: CollapseError) {
        state.withLock { state in
            if case .success = state { state = .failure(error) }
        }
    }

    func result() throws(CollapseError) -> CopyTally { try state.withLock { $0 }.get() }
}
