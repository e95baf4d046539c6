// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// What a stream must be like for an image to take it as it is.
struct StreamFormat: Hashable {
    let type: CompressionType
    /// The size of a cluster, uncompressed.
    let clusterBytes: UInt64
}

/// The compressed clusters of one chunk, one behind the other.
final class StreamBuffer {
    /// Each stream is shorter than its cluster, so those of a whole chunk fit.
    private(set) lazy var bytes = IOBuffer(byteCount: Int(Chunk.slotBytes))
    private var end = 0
    /// Streams as a source has them, by where their clusters begin in the chunk.
    private var keptStreams: [Int: Range<Int>] = [:]

    func removeAll() {
        end = 0
        keptStreams.removeAll(keepingCapacity: true)
    }

    /// The stream that a source has for a cluster, by where the cluster begins in the chunk.
    func kept(_ clusterStart: Int) -> Range<Int>? { keptStreams[clusterStart] }

    /// Keeps a source's own stream of a cluster.
    func keep(_ stream: Range<Int>, of input: IOBuffer, for clusterStart: Int) {
        let place = end..<(end + stream.count)
        bytes.copy(stream, of: input, to: place.lowerBound)
        keptStreams[clusterStart] = place
        end = place.upperBound
    }

    /// Appends what a compressor makes.
    ///
    /// - Returns: where it lies; nil when it did not fit.
    func append(
        atMost byteCount: Int,
        _ compress: (inout MutableRawSpan) -> Int?
    ) -> Range<Int>? {
        let room = end..<min(end + byteCount, bytes.byteCount)
        guard let count = bytes.withMutableBytes(room, compress) else { return nil }
        defer { end += count }
        return end..<(end + count)
    }
}
