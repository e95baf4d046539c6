// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import FuzzSupport
internal import QCow2

/// A cluster that repeats itself after a distance, from the bytes of the input and what follows
/// from them.
private func cluster(_ clusterBytes: Int, _ input: inout FuzzInput) -> [UInt8] {
    let distance = Int(input.takeNumber(byteCount: 2)) % clusterBytes + 1
    var block = Array(input.takeAll().prefix(distance))
    var mixed = UInt64(block.count) &+ 1
    while block.count < distance {
        mixed = mixed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        block.append(UInt8(truncatingIfNeeded: mixed >> 56))
    }
    return (0..<clusterBytes).map { block[$0 % distance] }
}

/// A byte, and a stream or a cluster: what is decompressed, or compressed, is right or refused.
///
/// Bit 0 of the byte is the compression type, bits 1 to 3 are the size of the cluster, bit 4 says
/// that the bytes are a cluster's, after the distance at which it repeats itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer's own pointer and length.
    var input = unsafe FuzzInput(start, count)
    let kind = input.takeByte()
    let type = kind & 1 == 0 ? CompressionType.zlib : .zstd
    // 512 bytes to 64 KiB: what is larger takes time and shows nothing more.
    let clusterBytes = 512 << Int(kind >> 1 & 7)
    if kind >> 4 & 1 == 1 {
        checkCompression(cluster(clusterBytes, &input), type)
    } else if let cluster = checkDecompression(input.takeAll(), type, clusterBytes) {
        checkCompression(cluster, type)
    }
    return 0
}
