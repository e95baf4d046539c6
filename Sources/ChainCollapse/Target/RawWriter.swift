// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// Writes a raw image: guest bytes at their own offsets, holes where the disk reads as zeros.
final class RawWriter: TargetWriter {
    /// Runs of zeros are found in blocks of this size, the file systems' own.
    static let zeroGrainBytes = 4096

    let target: any BlockTarget
    let diskBytes: UInt64
    let preallocation: Preallocation
    fileprivate let holeBytes: Int
    let policy: PlanPolicy
    fileprivate let sharing: BlockSharing
    /// A device that gets less data than this part of the disk is zeroed in one step beforehand: that
    /// is fewer calls than one for each gap, and little is zeroed for nothing.
    private static let sparseDivisor: UInt64 = 2
    /// A multiple of every device's block.
    private static let clearAlignment: UInt64 = 4096
    private let isSparse: Bool
    /// So much at the beginning of a device is zeros already.
    private let clearedBytes = Atomic<UInt64>(0)
    /// Up to where an earlier process has written.
    fileprivate let replayedEnd = Atomic<UInt64>(0)

    /// A writer to a new file or a device; preallocation is off, falloc or full.
    init(
        _ target: any BlockTarget,
        of chain: ImageChain,
        preallocation: Preallocation,
        _ options: CollapseOptions
    ) throws(CollapseError) {
        self.target = target
        diskBytes = chain.diskBytes
        self.preallocation = preallocation
        isSparse = try usingDisk { () throws(IOError) in
            var dataBytes: UInt64 = 0
            for layer in chain.layers { dataBytes += try layer.data.allocatedBytes() }
            return dataBytes < chain.diskBytes / RawWriter.sparseDivisor
        }
        holeBytes = options.holeBytes
        // Space that was taken in advance is to be the target's own.
        sharing = try BlockSharing(
            options.reflink,
            chain,
            with: target,
            isPossible: target.startsZeroed && preallocation == .off
        )
        policy = PlanPolicy(
            grainBytes: UInt64(RawWriter.zeroGrainBytes),
            wantsZeros: !target.startsZeroed || preallocation == .full,
            sharedLayers: sharing.layers,
            salvage: options.salvage
        )
    }

    func begin() throws(CollapseError) {
        let written = min(replayedEnd.load(ordering: .relaxed), diskBytes)
        try usingDisk { () throws(IOError) in
            try target.setByteCount(written)
            try target.setByteCount(diskBytes)
            if preallocation == .falloc { try target.allocate(at: 0, byteCount: diskBytes) }
            let wholeBytes = diskBytes / RawWriter.clearAlignment * RawWriter.clearAlignment
            if !target.startsZeroed, preallocation == .off, isSparse,
                try target.clear(byteCount: wholeBytes)
            {
                clearedBytes.store(wholeBytes, ordering: .releasing)
            }
        }
    }

    func makeSink() -> any ChunkSink { RawSink(self) }
    func finish() throws(CollapseError) {}
    func abandon() {}

    /// Makes a range read as zeros where it does not already.
    func zero(_ range: Range<UInt64>) throws(IOError) {
        let count = range.upperBound - range.lowerBound
        if preallocation == .full {
            try target.writeZeros(at: range.lowerBound, byteCount: count)
        } else if !target.startsZeroed, range.upperBound > clearedBytes.load(ordering: .acquiring) {
            try target.zero(at: range.lowerBound, byteCount: count)
        }
    }
}

private final class RawSink: ChunkSink {
    private let writer: RawWriter
    private(set) var tally = TargetTally()

    init(_ writer: RawWriter) { self.writer = writer }

    /// Shares whole blocks of data extents; their edges are left to copy.
    func share(_ chunk: Chunk) throws(CollapseError) -> Chunk? {
        guard !writer.sharing.layers.isEmpty else { return chunk }
        let places = chunk.extents.map { (extent: $0, offset: $0.guestOffset) }
        let (rest, sharedBytes) = try writer.sharing.share(places)
        tally.sharedBytes += sharedBytes
        return chunk.with(rest)
    }

    func replay(_ chunk: Chunk, _ record: [UInt64]) -> Bool {
        let lastSlot = ((chunk.extents.last?.guestEnd ?? 1) - 1) / Chunk.slotBytes
        writer.replayedEnd.store((lastSlot + 1) * Chunk.slotBytes, ordering: .relaxed)
        return record.isEmpty
    }

    func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError) {
        try usingDisk { () throws(IOError) in
            if let zeros = chunk.wholeZeroSlots { return try writer.zero(zeros) }
            let end = Int(min(writer.diskBytes - chunk.slotStart, Chunk.slotBytes))
            let before = tally.writtenBytes
            for span in buffer.spans {
                try write(chunk, buffer.bytes, span.clamped(to: 0..<end))
            }
            tally.countZeros(of: chunk, kept: tally.writtenBytes - before)
        }
    }

    private func write(
        _ chunk: Chunk,
        _ bytes: IOBuffer,
        _ span: Range<Int>
    ) throws(IOError) {
        var position = span.lowerBound
        for run in bytes.dataRuns(in: span, grainBytes: writer.holeBytes) {
            try zero(position..<run.lowerBound, of: chunk)
            try writer.target.write(bytes, run, at: chunk.slotStart + UInt64(run.lowerBound))
            tally.writtenBytes += UInt64(run.count)
            position = run.upperBound
        }
        try zero(position..<span.upperBound, of: chunk)
    }

    private func zero(_ range: Range<Int>, of chunk: Chunk) throws(IOError) {
        guard !range.isEmpty else { return }
        let start = chunk.slotStart + UInt64(range.lowerBound)
        try writer.zero(start..<(start + UInt64(range.count)))
    }
}
