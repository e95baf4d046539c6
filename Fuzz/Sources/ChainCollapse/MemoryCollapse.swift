// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO
package import QCow2

extension Layer {
    /// A qcow2 layer that is no file.
    package init(image: QCow2Image, _ table: L1Table) {
        self.init(
            path: image.path,
            content: .qcow2(image, table),
            data: image.clusters,
            diskBytes: table.diskBytes,
            files: []
        )
    }

    /// A raw layer that is no file; its disk begins at `start`.
    package init(raw source: any BlockSource, start: UInt64) {
        self.init(
            path: source.path,
            content: .raw(start: start),
            data: source,
            diskBytes: (source.byteCount - start + 511) / 512 * 512,
            files: []
        )
    }
}

/// What a target wants, as far as the plan depends on it.
package struct MemoryTarget {
    package var grainBytes: UInt64
    package var wantsZeros: Bool
    package var baseLayer: Int?

    package init(grainBytes: UInt64, wantsZeros: Bool, baseLayer: Int?) {
        self.grainBytes = grainBytes
        self.wantsZeros = wantsZeros
        self.baseLayer = baseLayer
    }
}

/// A chunk that was planned and, unless it is nothing but whole slots of zeros, read.
package struct CopiedChunk {
    package let ticket: Int
    package let isZero: Bool
    package let extents: [Extent]
    /// The parts of the buffer that are filled, by guest offset.
    package let filled: [Range<UInt64>]
    private let bufferStart: UInt64
    private let buffer: ChunkBuffer

    init(_ chunk: Chunk, _ buffer: ChunkBuffer) {
        ticket = chunk.ticket
        isZero = chunk.wholeZeroSlots != nil
        extents = chunk.extents
        bufferStart = chunk.slotStart
        self.buffer = buffer
        filled =
            chunk.wholeZeroSlots != nil
            ? []
            : buffer.spans.map {
                chunk.slotStart + UInt64($0.lowerBound)..<chunk.slotStart + UInt64($0.upperBound)
            }
    }

    /// The bytes of a range that is filled.
    package func bytes(_ range: Range<UInt64>) -> [UInt8] {
        buffer.bytes.array(
            Int(range.lowerBound - bufferStart)..<Int(range.upperBound - bufferStart)
        )
    }
}

/// Kept between inputs: to get so much memory each time takes longer than most inputs do.
// SAFETY: libFuzzer calls a target from one thread.
private nonisolated(unsafe) let sharedBuffer = ChunkBuffer()

/// A collapse without a target: the chunks that one worker would copy, one by one.
package struct MemoryCollapse {
    /// The windows of the map in which a layer may have something.
    package let windowCount: Int
    private let cursor: ChunkCursor
    private var planner: CollapsePlanner
    private let reader: ChunkReader
    private let grainBytes: Int

    /// A collapse of these layers, the top first.
    package init(_ layers: [Layer], for target: MemoryTarget, salvage: Bool) {
        let chain = ImageChain(layers: layers)
        let map = FlatMap(of: chain)
        windowCount = map.occupiedCount
        let policy = PlanPolicy(
            grainBytes: target.grainBytes,
            wantsZeros: target.wantsZeros,
            baseLayer: target.baseLayer,
            salvage: salvage
        )
        cursor = ChunkCursor(map, policy, ProgressMeter { _ in }, Cancellation())
        planner = CollapsePlanner(map, policy: policy)
        reader = ChunkReader(chain, policy)
        grainBytes = Int(target.grainBytes)
    }

    /// The next chunk, copied over a buffer of garbage; nil at the end.
    package mutating func next(over garbage: [UInt8]) throws(CollapseError) -> CopiedChunk? {
        guard let (chunk, upcoming) = try cursor.take(&planner) else { return nil }
        upcoming.forEach(reader.announce)
        let buffer = unsafe sharedBuffer
        if chunk.wholeZeroSlots == nil {
            buffer.bytes.withMutableBytes(0..<buffer.bytes.byteCount) { span in
                // SAFETY: the garbage is cut to the buffer's length.
                unsafe span.withUnsafeMutableBytes { target in
                    unsafe target.copyBytes(from: garbage.prefix(target.count))
                }
            }
            buffer.prepare(for: chunk, grainBytes: grainBytes)
            try reader.read(chunk, into: buffer)
        }
        return CopiedChunk(chunk, buffer)
    }
}
