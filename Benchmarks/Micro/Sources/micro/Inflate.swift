// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import QCow2
internal import Synchronization

/// Decompresses every compressed cluster of one layer on all processors, and drops what comes out:
/// what no reader of the image can do without.
func inflateAll(of path: String) throws {
    guard let image = try ImageChain(top: path).top.image else { return }
    let table = try image.activeTable()
    var words = WordTable()
    var runs: [MappedRun] = []
    try image.appendRuns(of: table, in: 0..<table.diskBytes, using: &words, to: &runs)
    let streams = runs.compactMap { run in
        if case .compressed(let stream) = run.mapping { stream } else { nil }
    }
    let share = 64
    let next = Atomic(0)
    WorkerThreads.run(WorkerThreads.processorCount) { _ in
        let decompressor = ClusterDecompressor(image.header.compressionType)
        let output = IOBuffer(byteCount: Int(image.geometry.clusterBytes))
        let input = IOBuffer(byteCount: 4 << 20)
        while case let start = next.add(share, ordering: .relaxed).oldValue, start < streams.count {
            for stream in streams[start..<min(start + share, streams.count)] {
                inflate(stream, of: image, input, output, decompressor)
            }
        }
    }
}

private func inflate(
    _ stream: CompressedRun,
    of image: QCow2Image,
    _ input: IOBuffer,
    _ output: IOBuffer,
    _ decompressor: ClusterDecompressor
) {
    let start = stream.hostOffset.rawValue
    let count = Int(min(UInt64(stream.byteCount), image.clusters.byteCount - start))
    do throws(IOError) { try image.clusters.read(at: start, into: input, 0..<count) } catch {
        fatalError("\(error)")
    }
    input.withBytes(0..<count) { bytes in
        output.withMutableBytes(0..<output.byteCount) {
            _ = decompressor.decompress(bytes, into: &$0)
        }
    }
}
