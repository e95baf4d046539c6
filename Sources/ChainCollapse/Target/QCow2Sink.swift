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
    /// Where the extents of the chunk that was shared last have their places.
    private var places: [(extent: Extent, offset: UInt64)] = []
    private(set) var tally = TargetTally()
    private(set) var record: [UInt64]?

    init(_ writer: QCow2Writer) {
        self.writer = writer
        compressor = writer.makeCompressor()
    }

    private var clusterBytes: Int { Int(writer.geometry.clusterBytes) }

    /// Gives whole clusters their places and lets the target share their blocks; what is refused must
    /// be copied there.
    ///
    /// Nobody reads what is shared, so zeros in it are not found: a cluster of zeros gets a place,
    /// but takes no space that the source does not take already.
    func share(_ chunk: Chunk) throws(CollapseError) -> Chunk? {
        record = nil
        guard chunk.isShared else { return chunk }
        guard let placed = try writer.layOut(chunk.ticket, { placeWhole(chunk, &$0) }) else {
            return nil
        }
        (places, record) = (placed, [])
        let (rest, sharedBytes) = try writer.sharing.share(places)
        tally.sharedBytes += sharedBytes
        return chunk.with(rest.sorted { $0.guestOffset < $1.guestOffset })
    }

    /// Gives all clusters of a chunk places, whatever is in them, one extent behind the other.
    private func placeWhole(
        _ chunk: Chunk,
        _ layout: inout ImageLayout
    ) -> [(extent: Extent, offset: UInt64)] {
        let runs = chunk.extents.map { writer.geometry.clusters(of: $0.guestRange) }
        let hosts = layout.place(together: runs)
        return zip(chunk.extents, hosts).map { ($0, $1.rawValue) }
    }

    func replay(_ chunk: Chunk, _ record: [UInt64]) -> Bool {
        guard !chunk.isShared else {
            return writer.replay(chunk.ticket) { placeWhole(chunk, &$0) } != nil && record.isEmpty
        }
        let limit = chunk.wholeZeroSlots == nil ? clusterCount(inSlotOf: chunk) : 0
        guard let clusters = ChunkRecord.clusters(record, limit: limit, writer.geometry) else {
            return false
        }
        return writer.replay(chunk.ticket) { place(chunk, clusters, &$0) } != nil
    }

    /// How many clusters of the disk there are in a chunk's slot.
    private func clusterCount(inSlotOf chunk: Chunk) -> UInt64 {
        let rest = writer.diskBytes - chunk.slotStart
        return (min(Chunk.slotBytes, rest) - 1) / writer.geometry.clusterBytes + 1
    }

    private func place(
        _ chunk: Chunk,
        _ clusters: [(number: Int, content: ClusterContent)],
        _ layout: inout ImageLayout
    ) -> ClusterPlacing {
        let first = chunk.slotStart / writer.geometry.clusterBytes
        var placing = ClusterPlacing(writer.zeroClusters, clusterBytes: clusterBytes)
        if let zeros = chunk.wholeZeroSlots {
            placing.placeZeros(writer.geometry.clusters(of: zeros), in: &layout)
        }
        for (number, content) in clusters {
            placing.place(content, number, cluster: first + UInt64(number), in: &layout)
        }
        return placing
    }

    func write(_ chunk: Chunk, _ buffer: ChunkBuffer) throws(CollapseError) {
        guard !chunk.isShared else { return try writeInPlace(chunk, buffer.bytes) }
        let clusters = chunk.wholeZeroSlots != nil ? [] : compress(look(at: buffer), buffer)
        let kept = clusters.count(where: \.content.hasData) * clusterBytes
        tally.countZeros(of: chunk, kept: UInt64(kept))
        guard let placed = try writer.layOut(chunk.ticket, { place(chunk, clusters, &$0) }) else {
            return
        }
        record = ChunkRecord.words(clusters)
        try usingDisk { () throws(IOError) in
            try writer.reserve(placed.reserved)
            try write(placed.dataRuns, buffer.bytes)
            for run in placed.streamRuns {
                try writer.target.write(buffer.streams.bytes, run.range, at: run.hostOffset)
                tally.writtenBytes += UInt64(run.range.count)
            }
        }
    }

    /// Writes what could not be shared to the places that it has already.
    private func writeInPlace(_ chunk: Chunk, _ bytes: IOBuffer) throws(CollapseError) {
        let runs = chunk.extents.compactMap { extent in
            places.first { $0.extent.guestRange.contains(extent.guestOffset) }.map { place in
                ClusterPlacing.Run(
                    range: extent.range(in: chunk),
                    hostOffset: place.offset + (extent.guestOffset - place.extent.guestOffset)
                )
            }
        }
        precondition(runs.count == chunk.extents.count, "every shared extent has a place")
        try usingDisk { () throws(IOError) in try write(runs, bytes) }
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

    /// Compresses what has data and came without a stream; what does not become smaller stays as it
    /// is.
    private func compress(
        _ clusters: [(number: Int, content: ClusterContent)],
        _ buffer: ChunkBuffer
    ) -> [(number: Int, content: ClusterContent)] {
        guard let compressor else { return clusters }
        return clusters.map { number, content in
            guard content.hasData else { return (number, content) }
            let cluster = number * clusterBytes..<(number + 1) * clusterBytes
            let stream =
                buffer.streams.kept(cluster.lowerBound)
                // The format wants a stream to be smaller than its cluster.
                ?? buffer.streams.append(atMost: clusterBytes - 1) { room in
                    buffer.bytes.withBytes(cluster) { compressor.compress($0, into: &room) }
                }
            return (number, stream.map { .compressed($0) } ?? content)
        }
    }

    /// Zeros inside a cluster stay holes in a new file, where they are long enough to be worth a
    /// call.
    private func partsToWrite(of run: ClusterPlacing.Run, _ bytes: IOBuffer) -> [Range<Int>] {
        guard writer.target.startsZeroed else { return [run.range] }
        return bytes.dataRuns(in: run.range, grainBytes: QCow2Sink.holeGrainBytes)
    }

    private func write(_ runs: [ClusterPlacing.Run], _ bytes: IOBuffer) throws(IOError) {
        for run in runs {
            for part in partsToWrite(of: run, bytes) {
                let place = run.hostOffset + UInt64(part.lowerBound - run.range.lowerBound)
                try writer.target.write(bytes, part, at: place)
                tally.writtenBytes += UInt64(part.count)
            }
        }
    }
}

extension Geometry {
    /// The clusters of a range that consists of whole ones.
    func clusters(of range: Range<UInt64>) -> Range<UInt64> {
        range.lowerBound / clusterBytes..<range.upperBound / clusterBytes
    }
}
