// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import QCow2

/// Prints a function's row: what one operation takes and, where bytes pass through, how many in a
/// second.
private func printFunction(
    _ name: String,
    _ operation: String,
    count: Int,
    byteCount: Int? = nil,
    _ body: () throws -> Void
) rethrows {
    let time = try seconds(body)
    let rate = byteCount.map { (Double($0) / time / 1e6).digits(0) } ?? ""
    printRow(name, operation, (time / Double(count) * 1e9).digits(1), rate)
}

/// Prints what the hot functions take, on one core.
func printFunctions(clusters: [[UInt8]], fragmented: String, deep: String) throws {
    printRow("function", "one operation", "ns", "MB/s")
    printRow("---", "---", "--:", "--:")
    try printDecoding(fragmented)
    try printMerging(deep)
    printScanning(clusters)
    for type in CompressionType.allCases { printCodec(type, clusters) }
}

private func printDecoding(_ path: String) throws {
    guard let image = try ImageChain(top: path).top.image else { return }
    let table = try image.activeTable()
    var words = WordTable()
    var runs: [MappedRun] = []
    let decode = {
        runs.removeAll(keepingCapacity: true)
        try image.appendRuns(of: table, in: 0..<table.diskBytes, using: &words, to: &runs)
    }
    try decode()
    try printFunction("L2 decode", "an entry, no two joined", count: runs.count, decode)
}

private func printMerging(_ path: String) throws {
    let chain = try ImageChain(top: path)
    let walk = MapWalk(of: chain)
    let count = try walk.countExtents()
    let layers = chain.layers.count
    try printFunction("map merge", "an extent, \(layers) layers", count: count) {
        _ = try walk.countExtents()
    }
}

private func printScanning(_ clusters: [[UInt8]]) {
    let zeros = IOBuffer(byteCount: 64 << 20)
    var areZeros = true
    printFunction("zero scan", "64 MiB of zeros", count: 1, byteCount: zeros.byteCount) {
        areZeros = areZeros && zeros.isZero(0..<zeros.byteCount)
    }
    precondition(areZeros, "zeros are not seen as zeros")
    let data = clusters.map(buffer)
    printFunction("zero scan", "64 KiB of files by 4 KiB", count: data.count) {
        for one in data { _ = one.dataRuns(in: 0..<one.byteCount, grainBytes: 4096) }
    }
}

private func printCodec(_ type: CompressionType, _ clusters: [[UInt8]]) {
    let data = clusters.map(buffer)
    let compressor = ClusterCompressor(type)
    let room = IOBuffer(byteCount: clusterBytes)
    let compress = { (one: IOBuffer) in
        one.withBytes(0..<one.byteCount) { bytes in
            room.withMutableBytes(0..<room.byteCount) { compressor.compress(bytes, into: &$0) }
        }
    }
    printFunction(
        "deflate (\(type.name))",
        "64 KiB of files",
        count: data.count,
        byteCount: data.count * clusterBytes
    ) { for one in data { _ = compress(one) } }

    let streams = data.compactMap { one in compress(one).map { buffer(room.array(0..<$0)) } }
    let decompressor = ClusterDecompressor(type)
    printFunction(
        "inflate (\(type.name))",
        "64 KiB of files",
        count: streams.count,
        byteCount: streams.count * clusterBytes
    ) {
        for stream in streams {
            stream.withBytes(0..<stream.byteCount) { bytes in
                room.withMutableBytes(0..<room.byteCount) {
                    _ = decompressor.decompress(bytes, into: &$0)
                }
            }
        }
    }
}

private func buffer(_ bytes: [UInt8]) -> IOBuffer {
    let buffer = IOBuffer(byteCount: bytes.count)
    buffer.withMutableBytes(0..<bytes.count) { span in
        span.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }
    return buffer
}
