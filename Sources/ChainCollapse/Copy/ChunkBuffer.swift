// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// The bytes of one chunk, and which parts of them are filled.
final class ChunkBuffer {
    private(set) lazy var bytes = IOBuffer(byteCount: Int(Chunk.slotBytes))
    /// What clusters of the chunk are compressed, as far as anybody has a use for it.
    let streams = StreamBuffer()
    /// The filled parts, in units of the target, in order; everything else is garbage.
    private(set) var spans: [Range<Int>] = []

    /// Marks the parts that a chunk's extents touch, in units of `grainBytes`, and makes zero what
    /// no extent will fill.
    func prepare(for chunk: Chunk, grainBytes: Int) {
        spans.removeAll(keepingCapacity: true)
        streams.removeAll()
        for extent in chunk.extents {
            let range = extent.range(in: chunk)
            let start = range.lowerBound / grainBytes * grainBytes
            let end = min(
                (range.upperBound + grainBytes - 1) / grainBytes * grainBytes,
                bytes.byteCount
            )
            if let last = spans.last, last.upperBound >= start {
                spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, end)
            } else {
                spans.append(start..<end)
            }
        }
        zeroGaps(of: chunk)
    }

    private func zeroGaps(of chunk: Chunk) {
        let filled = chunk.extents.filter(\.needsReading).map { $0.range(in: chunk) }
        var next = 0
        for span in spans {
            var position = span.lowerBound
            while next < filled.count, filled[next].lowerBound < span.upperBound {
                bytes.zero(position..<filled[next].lowerBound)
                position = filled[next].upperBound
                next += 1
            }
            bytes.zero(position..<span.upperBound)
        }
    }
}

extension Extent {
    /// Where the extent lies in the bytes of its chunk.
    func range(in chunk: Chunk) -> Range<Int> {
        Int(guestOffset - chunk.slotStart)..<Int(guestEnd - chunk.slotStart)
    }
}
