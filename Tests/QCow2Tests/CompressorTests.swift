// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

/// A cluster's stream; nil when it does not fit into so many bytes.
func compressed(
    _ cluster: [UInt8],
    _ compressor: ClusterCompressor,
    atMost byteCount: Int
) -> [UInt8]? {
    let output = IOBuffer(byteCount: byteCount)
    let count = output.withMutableBytes(0..<byteCount) { target in
        // SAFETY: bytes have no padding.
        compressor.compress(unsafe cluster.span.bytes, into: &target)
    }
    return count.map { output.array(0..<$0) }
}

/// That QEMU reads what it writes is a matter of the tests of image layouts.
@Suite("Compressing clusters")
struct CompressorTests {
    private func noise(_ byteCount: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(byteCount))
        return Array(random.bytes(byteCount))
    }

    private func text(_ byteCount: Int) -> [UInt8] {
        var random = SeededGenerator(seed: UInt64(byteCount))
        return Array(random.bytes(byteCount, mask: 0x0f))
    }

    @Test(
        "a cluster of noise does not become shorter",
        arguments: CompressionType.allCases,
        [512, 65_536]
    )
    func incompressible(type: CompressionType, byteCount: Int) {
        let compressor = ClusterCompressor(type)
        #expect(compressed(noise(byteCount), compressor, atMost: byteCount - 1) == nil)
        #expect(compressed(noise(byteCount), compressor, atMost: byteCount + 1000) != nil)
    }

    @Test(
        "a stream that is a byte too long for its room is none",
        arguments: CompressionType.allCases
    )
    func room(type: CompressionType) throws {
        let compressor = ClusterCompressor(type)
        let stream = try #require(compressed(text(4096), compressor, atMost: 4095))
        #expect(stream.count < 3000)
        for room in [1, 10, stream.count / 2, stream.count - 1] {
            #expect(compressed(text(4096), compressor, atMost: room) == nil)
        }
    }

    @Test(
        "a compressor that is used again keeps nothing of before",
        arguments: CompressionType.allCases
    )
    func reuse(type: CompressionType) {
        let compressor = ClusterCompressor(type)
        let first = compressed(text(4096), compressor, atMost: 4095)
        #expect(first != nil)
        _ = compressed(noise(65_536), compressor, atMost: 100)
        _ = compressed(text(2 << 20), compressor, atMost: 2 << 20)
        #expect(compressed(text(4096), compressor, atMost: 4095) == first)
        #expect(compressed(text(4096), ClusterCompressor(type), atMost: 4095) == first)
    }

    @Test(
        "deflate streams refer back 4 KiB and no further",
        arguments: [2000, 3500, 4096, 4097, 4110, 4400, 5000, 8000, 16_000]
    )
    func window(distance: Int) throws {
        let repeated = Array(repeating: noise(distance), count: 65_536 / distance + 1)
        let cluster = Array(repeated.joined().prefix(65_536))
        let compressor = ClusterCompressor(.zlib)
        let stream = try #require(compressed(cluster, compressor, atMost: 80_000))
        // Within the window a repetition costs next to nothing, beyond it everything.
        #expect(stream.count < (distance <= 4000 ? distance + 1500 : 80_000))
        if distance > 4096 { #expect(stream.count > 65_000) }
    }

    @Test("those with the larger window go back 32 KiB", arguments: [2000, 8000, 32_000, 33_000])
    func largeWindow(distance: Int) throws {
        let repeated = Array(repeating: noise(distance), count: 131_072 / distance + 1)
        let cluster = Array(repeated.joined().prefix(131_072))
        let compressor = ClusterCompressor(.zlib, window: .large)
        let stream = try #require(compressed(cluster, compressor, atMost: 140_000))
        #expect((stream.count < distance + 1500) == (distance <= 32_768))
        #expect(compressed(cluster, compressor, atMost: stream.count - 1) == nil)
    }
}
