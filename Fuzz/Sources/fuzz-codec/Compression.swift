// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import DiskIO
internal import FuzzSupport
internal import QCow2

/// Compressors that have seen every cluster so far.
// SAFETY: libFuzzer calls a target from one thread.
private nonisolated(unsafe) let used: [CompressionType: ClusterCompressor] = [
    .zlib: ClusterCompressor(.zlib), .zstd: ClusterCompressor(.zstd),
]

/// Compresses a cluster; nil when the stream would not be shorter.
private func compress(_ cluster: [UInt8], by compressor: ClusterCompressor) -> [UInt8]? {
    let source = IOBuffer(byteCount: cluster.count)
    let target = IOBuffer(byteCount: cluster.count + guardBytes)
    source.fill(with: cluster)
    let length = source.withBytes(0..<cluster.count) { bytes in
        target.withMutableBytes(0..<cluster.count) { compressor.compress(bytes, into: &$0) }
    }
    let behind = target.array(cluster.count..<target.byteCount)
    require(behind.allSatisfy { $0 == 0 }, "written behind the output")
    return length.map { target.array(0..<$0) }
}

/// A cluster comes back unchanged, and its stream does not depend on what came before.
func checkCompression(_ cluster: [UInt8], _ type: CompressionType) {
    let stream = compress(cluster, by: ClusterCompressor(type))
    if let compressor = unsafe used[type] {
        require(compress(cluster, by: compressor) == stream, "clusters before change the stream")
    }
    guard let stream else { return }
    require(decompress(stream, type, cluster.count) == cluster, "another cluster came back")
    if type == .zlib {
        require(inflateStrictly(stream) == cluster, "a window of 4 KiB is not enough")
    }
}

/// Inflates as a reader does that has no more than a window of 4 KiB, in small steps, so that
/// nothing but the window can be looked back at; nil when that fails.
private func inflateStrictly(_ deflated: [UInt8]) -> [UInt8]? {
    var stream = unsafe z_stream()
    var (input, output) = (deflated, [UInt8]())
    var step = [UInt8](repeating: 0, count: 64)
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    // SAFETY: zlib stays within the two arrays, whose lengths it is told, while they are lent.
    guard unsafe inflateInit2_(&stream, -12, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { unsafe _ = inflateEnd(&stream) }
    return unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        while true {
            let status = unsafe step.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                return unsafe inflate(&stream, Z_NO_FLUSH)
            }
            output += unsafe step.dropLast(Int(stream.avail_out))
            if status == Z_STREAM_END { return output }
            guard status == Z_OK else { return nil }
        }
    }
}
