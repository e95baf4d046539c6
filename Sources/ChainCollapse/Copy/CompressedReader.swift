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

    private let input = IOBuffer(byteCount: inputBytes)
    private let cluster = IOBuffer(byteCount: Int(Chunk.slotBytes))
    private var decompressors: [CompressionType: ClusterDecompressor] = [:]

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

    /// Reads one batch of pieces into a chunk's bytes.
    mutating func read(
        _ batch: ArraySlice<CompressedPiece>,
        of image: QCow2Image,
        into buffer: IOBuffer,
        salvage: Bool
    ) throws(CollapseError) -> Outcome {
        var outcome = Outcome()
        let start = batch.first?.run.hostOffset.rawValue ?? 0
        let reach = batch.reduce(start) {
            max($0, $1.run.hostOffset.rawValue + UInt64($1.run.byteCount))
        }
        // A stream's last sector may pass the end of the file.
        let end = min(reach, image.clusters.byteCount)
        try usingDisk { () throws(IOError) in
            try image.clusters.read(at: start, into: input, 0..<Int(end - start))
        }
        outcome.readBytes = end - start
        var inflated: CompressedRun?
        for piece in batch {
            let offset = piece.run.hostOffset.rawValue
            let stream =
                Int(
                    offset - start
                )..<Int(
                    min(offset + UInt64(piece.run.byteCount), end) - start
                )
            let isWhole = UInt64(piece.range.count) == image.geometry.clusterBytes
            if isWhole, decompress(stream, image, into: buffer, piece.range) { continue }
            if piece.run != inflated {
                let whole = 0..<Int(image.geometry.clusterBytes)
                if isWhole || !decompress(stream, image, into: cluster, whole) {
                    guard salvage else { throw CompressedReader.error(piece, image) }
                    cluster.zero(whole)
                    outcome.lostBytes += UInt64(piece.range.count)
                }
                inflated = piece.run
            }
            let inCluster = Int(piece.guestOffset % image.geometry.clusterBytes)
            buffer.copy(
                inCluster..<(inCluster + piece.range.count),
                of: cluster,
                to: piece.range.lowerBound
            )
        }
        return outcome
    }

    private mutating func decompress(
        _ stream: Range<Int>,
        _ image: QCow2Image,
        into output: IOBuffer,
        _ range: Range<Int>
    ) -> Bool {
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
