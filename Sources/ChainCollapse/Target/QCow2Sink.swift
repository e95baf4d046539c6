// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// One worker's way into a qcow2 image: looks at clusters, compresses them, and writes them where
/// the layout places them.
final class QCow2Sink: ChunkSink {
    private static let holeGrainBytes = 16 << 10

    private let writer: QCow2Writer
    private let compressor: ClusterCompressor?
    /// The streams of one chunk, one behind the other.
    private let streams: IOBuffer?
    private(set) var tally = TargetTally()

    init(_ writer: QCow2Writer) {
        self.writer = writer
        compressor = writer.compression.map { ClusterCompressor($0) }
        streams = writer.compression.map { _ in IOBuffer(byteCount: Int(Chunk.slotBytes)) }
    }

    private var clusterBytes: Int { Int(writer.geometry.clusterBytes) }

    func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError) {
        let clusters = chunk.wholeZeroSlots != nil ? [] : compress(look(at: buffer), buffer.bytes)
        let kept = clusters.count(where: \.content.hasData) * clusterBytes
        tally.countZeros(of: chunk, kept: UInt64(kept))
        let first = chunk.slotStart / writer.geometry.clusterBytes
        let placed = try writer.layOut(chunk.ticket) { layout in
            var placing = ClusterPlacing(writer.zeroClusters, clusterBytes: clusterBytes)
            if let zeros = chunk.wholeZeroSlots {
                placing.placeZeros(writer.geometry.clusters(of: zeros), in: &layout)
            }
            for (number, content) in clusters {
                placing.place(content, number, cluster: first + UInt64(number), in: &layout)
            }
            return placing
        }
        guard let placed else { return }
        try usingDisk { () throws(IOError) in
            try writer.reserve(placed.reserved)
            try write(placed, buffer.bytes)
        }
    }

    /// The clusters that the chunk touches, by their number in its slot.
    private func look(at buffer: ChunkBuffer) -> [(number: Int, content: ClusterContent)] {
        var clusters: [(number: Int, content: ClusterContent)] = []
        for span in buffer.spans {
            var start = span.lowerBound
            while start < span.upperBound {
                let number = start / clusterBytes
                let end = min((number + 1) * clusterBytes, span.upperBound)
                let content = ClusterContent(
                    buffer.bytes,
                    clusterStart: number * clusterBytes,
                    covered: start..<end,
                    writer.geometry
                )
                if let last = clusters.last, last.number == number {
                    clusters[clusters.count - 1].content = last.content.joined(with: content)
                } else {
                    clusters.append((number, content))
                }
                start = end
            }
        }
        return clusters
    }

    /// Compresses what has data; what does not become smaller stays as it is.
    private func compress(
        _ clusters: [(number: Int, content: ClusterContent)],
        _ bytes: IOBuffer
    ) -> [(number: Int, content: ClusterContent)] {
        guard let compressor, let streams else { return clusters }
        var end = 0
        return clusters.map { number, content in
            guard content.hasData else { return (number, content) }
            let cluster = number * clusterBytes..<(number + 1) * clusterBytes
            // The format wants a stream to be smaller than its cluster.
            let room = end..<min(end + clusterBytes - 1, streams.byteCount)
            let count = bytes.withBytes(cluster) { source in
                streams.withMutableBytes(room) { compressor.compress(source, into: &$0) }
            }
            guard let count else { return (number, content) }
            defer { end += count }
            return (number, .compressed(end..<(end + count)))
        }
    }

    /// Zeros inside a cluster stay holes in a new file, where they are long enough to be worth a
    /// call.
    private func partsToWrite(of run: ClusterPlacing.Run, _ bytes: IOBuffer) -> [Range<Int>] {
        guard writer.target.startsZeroed else { return [run.range] }
        return bytes.dataRuns(in: run.range, grainBytes: QCow2Sink.holeGrainBytes)
    }

    private func write(_ placed: ClusterPlacing, _ bytes: IOBuffer) throws(IOError) {
        for run in placed.dataRuns {
            for part in partsToWrite(of: run, bytes) {
                let place = run.hostOffset + UInt64(part.lowerBound - run.range.lowerBound)
                try writer.target.write(bytes, part, at: place)
                tally.writtenBytes += UInt64(part.count)
            }
        }
        guard let streams else { return }
        for run in placed.streamRuns {
            try writer.target.write(streams, run.range, at: run.hostOffset)
            tally.writtenBytes += UInt64(run.range.count)
        }
    }
}

extension Geometry {
    /// The clusters of a range that consists of whole ones.
    func clusters(of range: Range<UInt64>) -> Range<UInt64> {
        range.lowerBound / clusterBytes..<range.upperBound / clusterBytes
    }
}
