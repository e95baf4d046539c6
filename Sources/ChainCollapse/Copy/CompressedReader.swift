// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// A part of a compressed cluster and where in a chunk's bytes it goes.
struct CompressedPiece {
    let layer: Int
    let run: CompressedRun
    let guestOffset: UInt64
    let range: Range<Int>
}

/// Reads and decompresses clusters.
///
/// Owned by one worker; keeps its memory and codecs.
struct CompressedReader {
    /// A 2 MiB cluster's descriptor can name up to 4 MiB; neighbouring streams share one read of at
    /// most this length.
    private static let inputBytes = 4 << 20
    /// Streams whose gap is no larger are read together: reading it costs less than a call.
    private static let maximumGapBytes: UInt64 = 64 << 10

    private let diskBytes: UInt64
    private let salvage: Bool
    private let kept: StreamFormat?
    private lazy var input = IOBuffer(byteCount: CompressedReader.inputBytes)
    private lazy var cluster = IOBuffer(byteCount: Int(Chunk.slotBytes))
    private var decompressors: [CompressionType: ClusterDecompressor] = [:]
    /// The stream whose cluster was decompressed last, and what it turned out to be.
    private var inflated: (run: CompressedRun, verdict: ClusterDecompressor.Verdict)?

    init(diskBytes: UInt64, _ policy: PlanPolicy) {
        self.diskBytes = diskBytes
        salvage = policy.salvage
        kept = policy.streams
    }

    /// What reading a batch cost.
    struct Outcome {
        var readBytes: UInt64 = 0
        var lostBytes: UInt64 = 0
    }

    /// How many of the first pieces, which are sorted, can share one read.
    func batchCount(_ pieces: ArraySlice<CompressedPiece>) -> Int {
        guard let first = pieces.first else { return 0 }
        let start = first.run.hostOffset.rawValue
        var end = start
        for (count, piece) in pieces.enumerated() {
            let offset = piece.run.hostOffset.rawValue
            let reach = offset + UInt64(piece.run.byteCount)
            let isNear = count == 0 || offset <= end + CompressedReader.maximumGapBytes
            guard piece.layer == first.layer, isNear,
                reach - start <= UInt64(CompressedReader.inputBytes)
            else { return count }
            end = max(end, reach)
        }
        return pieces.count
    }

    /// Reads one batch of pieces into a chunk's bytes, and keeps the streams that the target takes as
    /// they are.
    mutating func read(
        _ batch: ArraySlice<CompressedPiece>,
        of image: QCow2Image,
        into buffer: ChunkBuffer
    ) throws(CollapseError) -> Outcome {
        var outcome = Outcome()
        let start = batch.first?.run.hostOffset.rawValue ?? 0
        let reach = batch.reduce(start) {
            max($0, $1.run.hostOffset.rawValue + UInt64($1.run.byteCount))
        }
        // A stream's last sector may pass the end of the file.
        let count = Int(min(reach, image.clusters.byteCount) - start)
        try usingDisk { () throws(IOError) in
            try image.clusters.read(at: start, into: input, 0..<count)
        }
        outcome.readBytes = UInt64(count)
        inflated = nil
        for piece in batch {
            let begin = Int(piece.run.hostOffset.rawValue - start)
            let stream = begin..<min(begin + piece.run.byteCount, count)
            switch fill(piece, from: stream, image, buffer.bytes) {
            case .damaged:
                guard salvage else { throw CompressedReader.error(piece, image) }
                buffer.bytes.zero(piece.range)
                outcome.lostBytes += UInt64(piece.range.count)
            case .ended(let byteCount) where isKept(piece, byteCount, image):
                // Not a byte more: what follows may be what somebody deleted.
                let whole = begin..<(begin + byteCount)
                buffer.streams.keep(whole, of: input, for: piece.range.lowerBound)
            case .ended, .unended: break
            }
        }
        return outcome
    }

    /// Decompresses a piece to its place, which it fills unless its stream is damaged.
    private mutating func fill(
        _ piece: CompressedPiece,
        from stream: Range<Int>,
        _ image: QCow2Image,
        _ bytes: IOBuffer
    ) -> ClusterDecompressor.Verdict {
        let clusterBytes = Int(image.geometry.clusterBytes)
        if piece.range.count == clusterBytes {
            return decompress(stream, image, into: bytes, piece.range)
        }
        if inflated?.run != piece.run {
            inflated = (piece.run, decompress(stream, image, into: cluster, 0..<clusterBytes))
        }
        let start = Int(piece.guestOffset % image.geometry.clusterBytes)
        let part = start..<(start + piece.range.count)
        bytes.copy(part, of: cluster, to: piece.range.lowerBound)
        return inflated?.verdict ?? .damaged
    }

    /// True when the target takes the stream that was decompressed last as it is: all of its cluster
    /// can be seen, or all up to the end of the disk, with nothing but zeros behind.
    private mutating func isKept(
        _ piece: CompressedPiece,
        _ streamBytes: Int,
        _ image: QCow2Image
    ) -> Bool {
        let clusterBytes = image.geometry.clusterBytes
        let format = StreamFormat(type: image.header.compressionType, clusterBytes: clusterBytes)
        guard kept == format, streamBytes < clusterBytes else { return false }
        if piece.range.count == clusterBytes { return true }
        return piece.guestOffset % clusterBytes == 0
            && piece.guestOffset + UInt64(piece.range.count) == diskBytes
            && cluster.isZero(piece.range.count..<Int(clusterBytes))
    }

    private mutating func decompress(
        _ stream: Range<Int>,
        _ image: QCow2Image,
        into output: IOBuffer,
        _ range: Range<Int>
    ) -> ClusterDecompressor.Verdict {
        let type = image.header.compressionType
        let decompressor = decompressors[type] ?? ClusterDecompressor(type)
        decompressors[type] = decompressor
        return input.withBytes(stream) { source in
            output.withMutableBytes(range) { decompressor.decompress(source, into: &$0) }
        }
    }

    private static func error(_ piece: CompressedPiece, _ image: QCow2Image) -> CollapseError {
        CollapseError(
            .format(
                FormatError(
                    .damaged,
                    image.path,
                    at: piece.run.hostOffset.rawValue,
                    "the compressed cluster of guest offset \(hex(piece.guestOffset)) is not a "
                        + "\(image.header.compressionType.name) stream of one cluster"
                )
            )
        )
    }
}
