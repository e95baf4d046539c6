// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import FuzzSupport
internal import QCow2

/// Room behind an output that nobody may write to.
let guardBytes = 64

/// Decompresses a stream into an output of a cluster's size.
///
/// - Returns: the cluster; nil when the stream was refused.
func decompress(
    _ stream: [UInt8],
    _ type: CompressionType,
    _ clusterBytes: Int,
    over garbage: UInt8 = 0xa5
) -> [UInt8]? {
    let source = IOBuffer(byteCount: max(stream.count, 1))
    let target = IOBuffer(byteCount: clusterBytes + guardBytes)
    source.fill(with: stream)
    target.fill(with: Array(repeating: garbage, count: target.byteCount))
    let verdict = source.withBytes(0..<stream.count) { bytes in
        target.withMutableBytes(0..<clusterBytes) {
            ClusterDecompressor(type).decompress(bytes, into: &$0)
        }
    }
    let all = target.array(0..<target.byteCount)
    require(all[clusterBytes...].allSatisfy { $0 == garbage }, "written behind the output")
    if case .ended(let byteCount) = verdict {
        require(byteCount <= stream.count, "the stream ends behind its input")
    }
    return verdict == .damaged ? nil : Array(all[..<clusterBytes])
}

/// A stream is refused, or fills the whole cluster and nothing else.
func checkDecompression(
    _ stream: [UInt8],
    _ type: CompressionType,
    _ clusterBytes: Int
) -> [UInt8]? {
    let cluster = decompress(stream, type, clusterBytes, over: 0x5a)
    let again = decompress(stream, type, clusterBytes, over: 0xa5)
    require(cluster == again, "a part of the cluster is what lay in memory before")
    return cluster
}
