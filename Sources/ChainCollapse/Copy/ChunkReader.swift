// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Fetches the bytes of chunks.
///
/// Owned by one worker.
final class ChunkReader {
    /// The unit in which a disk that fails is read again by salvage.
    private static let sectorBytes = 512

    private let chain: ImageChain
    private let policy: PlanPolicy
    private var compressed: CompressedReader
    /// What was read so far, by layer.
    private(set) var tallies: [LayerTally]

    init(_ chain: ImageChain, _ policy: PlanPolicy) {
        self.chain = chain
        self.policy = policy
        compressed = CompressedReader(diskBytes: chain.diskBytes, policy)
        tallies = Array(repeating: LayerTally(), count: chain.layers.count)
    }

    /// Tells the layers' files that a chunk will be read soon.
    func announce(_ chunk: Chunk) {
        for extent in chunk.extents {
            switch extent.content {
            case .data(let layer, let offset) where !policy.sharedLayers.contains(layer):
                chain.layers[layer].data.announce(at: offset.rawValue, byteCount: extent.byteCount)
            case .compressed(let layer, let run):
                chain.layers[layer].image?.clusters.announce(
                    at: run.hostOffset.rawValue,
                    byteCount: UInt64(run.byteCount)
                )
            case .data, .zeros, .unallocated, .damaged: break
            }
        }
    }

    /// Fills the buffer with what the chunk's extents read as.
    func read(_ chunk: Chunk, into buffer: ChunkBuffer) throws(CollapseError) {
        var pieces: [CompressedPiece] = []
        for extent in chunk.extents {
            switch extent.content {
            case .data(let layer, let offset):
                try readData(layer, offset, into: buffer.bytes, extent.range(in: chunk))
            case .compressed(let layer, let run):
                pieces.append(
                    CompressedPiece(
                        layer: layer,
                        run: run,
                        guestOffset: extent.guestOffset,
                        range: extent.range(in: chunk)
                    )
                )
            case .unallocated, .zeros, .damaged:
                break
            }
        }
        try readCompressed(pieces, into: buffer)
    }

    private func readData(
        _ layer: Int,
        _ offset: HostOffset,
        into buffer: IOBuffer,
        _ range: Range<Int>
    ) throws(CollapseError) {
        let source = chain.layers[layer].data
        // The last cluster of a file may be cut: what is missing reads as zeros.
        let available = source.byteCount - min(offset.rawValue, source.byteCount)
        let count = Int(min(UInt64(range.count), available))
        let present = range.lowerBound..<(range.lowerBound + count)
        buffer.zero(present.upperBound..<range.upperBound)
        guard count > 0 else { return }
        tallies[layer].readBytes += UInt64(count)
        do throws(IOError) {
            try source.read(at: offset.rawValue, into: buffer, present)
        } catch {
            guard policy.salvage else { throw CollapseError(.io(error)) }
            salvageSectors(layer, source, offset.rawValue, into: buffer, present)
        }
    }

    /// Reads sector by sector what can be read; the rest becomes zeros and is counted.
    private func salvageSectors(
        _ layer: Int,
        _ source: any BlockSource,
        _ offset: UInt64,
        into buffer: IOBuffer,
        _ range: Range<Int>
    ) {
        for start in stride(
            from: range.lowerBound,
            to: range.upperBound,
            by: ChunkReader.sectorBytes
        ) {
            let sector = start..<min(start + ChunkReader.sectorBytes, range.upperBound)
            do throws(IOError) {
                let place = offset + UInt64(start - range.lowerBound)
                try source.read(at: place, into: buffer, sector)
            } catch {
                buffer.zero(sector)
                tallies[layer].lostBytes += UInt64(sector.count)
            }
        }
    }

    /// Reads the pieces of compressed clusters, layer by layer and in the order of the file, so that
    /// neighbouring streams are read together and each cluster is decompressed once.
    private func readCompressed(
        _ pieces: [CompressedPiece],
        into buffer: ChunkBuffer
    ) throws(CollapseError) {
        guard !pieces.isEmpty else { return }
        let sorted = pieces.sorted { ($0.layer, $0.run.hostOffset) < ($1.layer, $1.run.hostOffset) }
        var rest = sorted[...]
        while let first = rest.first, let image = chain.layers[first.layer].image {
            let batch = rest.prefix(compressed.batchCount(rest))
            rest = rest.dropFirst(batch.count)
            let outcome = try compressed.read(batch, of: image, into: buffer)
            tallies[first.layer].readBytes += outcome.readBytes
            tallies[first.layer].lostBytes += outcome.lostBytes
        }
    }
}
