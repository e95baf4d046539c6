// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Writes a raw image: guest bytes at their own offsets, holes where the disk reads as zeros.
final class RawWriter: TargetWriter {
    /// Runs of zeros are found in blocks of this size, the file systems' own.
    static let zeroGrainBytes = 4096

    let target: any BlockTarget
    let diskBytes: UInt64
    let preallocation: Preallocation
    let policy: PlanPolicy

    /// A writer to a new file or a device; preallocation is off, falloc or full.
    init(
        _ target: any BlockTarget,
        diskBytes: UInt64,
        preallocation: Preallocation,
        salvage: Bool
    ) {
        self.target = target
        self.diskBytes = diskBytes
        self.preallocation = preallocation
        policy = PlanPolicy(
            grainBytes: UInt64(RawWriter.zeroGrainBytes),
            wantsZeros: !target.startsZeroed || preallocation == .full,
            salvage: salvage
        )
    }

    func begin() throws(CollapseError) {
        try usingDisk { () throws(IOError) in
            try target.setByteCount(diskBytes)
            if preallocation == .falloc { try target.allocate(at: 0, byteCount: diskBytes) }
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
        } else if !target.startsZeroed {
            try target.zero(at: range.lowerBound, byteCount: count)
        }
    }
}

private final class RawSink: ChunkSink {
    private let writer: RawWriter
    private(set) var tally = TargetTally()

    init(_ writer: RawWriter) { self.writer = writer }

    /// Shares whole blocks of data extents; their edges are left to copy.
    func share(_ chunk: Chunk, of chain: ImageChain) throws(CollapseError) -> Chunk? {
        // Preallocated space is to be the target's own.
        guard writer.target.startsZeroed, writer.preallocation == .off else { return chunk }
        var rest: [Extent] = []
        for extent in chunk.extents {
            guard let part = extent.shareablePart(of: chain),
                case .data(let layer, let offset) = extent.clipped(to: part).content,
                try usingDisk({ () throws(IOError) in
                    try writer.target.share(
                        chain.layers[layer].data,
                        at: offset.rawValue,
                        byteCount: UInt64(part.count),
                        to: part.lowerBound
                    )
                })
            else {
                rest.append(extent)
                continue
            }
            tally.sharedBytes += UInt64(part.count)
            let edges = [
                extent.guestOffset..<part.lowerBound, part.upperBound..<extent.guestEnd,
            ]
            rest += edges.filter { !$0.isEmpty }.map(extent.clipped)
        }
        guard rest != chunk.extents else { return chunk }
        return rest.isEmpty
            ? nil : Chunk(ticket: chunk.ticket, slotStart: chunk.slotStart, extents: rest)
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
        for run in bytes.dataRuns(in: span, grainBytes: RawWriter.zeroGrainBytes) {
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

extension Extent {
    /// Sharing less than this costs more than copying it.
    private static let minimumSharedBytes: UInt64 = 64 << 10
    /// File systems share whole blocks of this size.
    private static let blockBytes: UInt64 = 4096

    /// The whole blocks of a data extent, where the guest's are the file's; nil when there are few.
    fileprivate func shareablePart(of chain: ImageChain) -> Range<UInt64>? {
        guard case .data(let layer, let offset) = content,
            offset.rawValue % Extent.blockBytes == guestOffset % Extent.blockBytes
        else { return nil }
        let start = (guestOffset + Extent.blockBytes - 1) / Extent.blockBytes * Extent.blockBytes
        // The last cluster of a file may be cut.
        let available = chain.layers[layer].data.byteCount - offset.rawValue
        let present = min(guestEnd, guestOffset + available)
        let end = present / Extent.blockBytes * Extent.blockBytes
        guard end > start, end - start >= Extent.minimumSharedBytes else { return nil }
        return start..<end
    }
}
