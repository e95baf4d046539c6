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
        cursor = ChunkCursor(map, meter, cancellation)
        limiter = bytesPerSecond.map { RateLimiter(bytesPerSecond: $0, cancellation) }
    }

    /// Copies all chunks; with one thread serially.
    func run(threads: Int) throws(CollapseError) -> CopyTally {
        var tally = try threads > 1 ? runInParallel(threads: threads) : runSerially()
        tally.lostMappedBytes = cursor.lostBytes + map.chain.lostTableBytes
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
    /// Guest bytes that came from each layer.
    private var usedBytes: [UInt64]

    init(_ engine: CopyEngine) {
        cursor = engine.cursor
        planner = CollapsePlanner(engine.map, policy: engine.writer.policy)
        reader = ChunkReader(engine.map.chain, engine.writer.policy)
        sink = engine.writer.makeSink()
        grainBytes = Int(engine.writer.policy.grainBytes)
        meter = engine.meter
        limiter = engine.limiter
        usedBytes = Array(repeating: 0, count: engine.map.chain.layers.count)
    }

    mutating func next() throws(CollapseError) -> Chunk? { try cursor.take(&planner) }

    mutating func copy(_ chunk: Chunk) throws(CollapseError) {
        defer { meter.add(chunk.dataBytes) }
        for extent in chunk.extents where extent.needsReading {
            usedBytes[extent.layer ?? 0] += extent.byteCount
        }
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
