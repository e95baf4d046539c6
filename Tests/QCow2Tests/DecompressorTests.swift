// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import QCow2

/// A stream that QEMU wrote: the bytes its entry names, and the entry.
private struct Stream {
    let guestOffset: UInt64
    let run: CompressedRun
    let bytes: [UInt8]
}

private let fixtures = ["zlib-512", "zlib-4k", "zlib-64k", "zlib-v2", "zstd-4k", "zstd-64k"]

@Suite("Decompressing clusters")
struct DecompressorTests {
    private func streams(of image: QCow2Image) throws -> [Stream] {
        try image.runs(of: image.activeTable()).compactMap { run in
            guard case .compressed(let place) = run.mapping else { return nil }
            let offset = place.hostOffset.rawValue
            let count = min(UInt64(place.byteCount), image.clusters.byteCount - offset)
            let bytes = try image.clusters.bytes(at: offset, count: Int(count))
            return Stream(guestOffset: run.guestOffset, run: place, bytes: bytes)
        }
    }

    /// The lengths at which a stream is enough for its cluster; each must give the same bytes.
    private func sufficientLengths(_ stream: Stream, _ image: QCow2Image) -> [Int] {
        let whole = decompressed(stream.bytes, image.header.compressionType, image.geometry)
        return (0...stream.bytes.count).filter { count in
            let start = Array(stream.bytes.prefix(count))
            let cluster = decompressed(start, image.header.compressionType, image.geometry)
            return cluster != nil && cluster == whole
        }
    }

    @Test(
        "streams of QEMU give what QEMU reads",
        arguments: fixtures + ["zstd-frames", "zlib-past-eof"]
    )
    func oracle(fixture: String) throws {
        let directory = try TemporaryDirectory()
        let image = try QCow2Image(path: fixturePath(fixture))
        try QemuImg.convert(image.path, to: directory.path("raw"))
        let raw = try Data(contentsOf: URL(fileURLWithPath: directory.path("raw")))
        let streams = try streams(of: image)
        #expect(streams.count >= 2)
        for stream in streams {
            let type = image.header.compressionType
            let cluster = try #require(decompressed(stream.bytes, type, image.geometry))
            let visible = raw[Int(stream.guestOffset)...].prefix(cluster.count)
            #expect(Data(cluster.prefix(visible.count)) == visible)
        }
    }

    @Test("what lies behind a stream does not matter", arguments: fixtures)
    func trailingGarbage(fixture: String) throws {
        var random = SeededGenerator(seed: 1)
        let image = try QCow2Image(path: fixturePath(fixture))
        let type = image.header.compressionType
        for stream in try streams(of: image).prefix(6) {
            let cluster = decompressed(stream.bytes, type, image.geometry)
            try #require(cluster != nil)
            let needed = try #require(sufficientLengths(stream, image).first)
            let end = min(stream.bytes.count, needed + 1)
            let garbage = Array(random.bytes(700))
            #expect(decompressed(stream.bytes[..<end] + garbage, type, image.geometry) == cluster)
        }
    }

    @Test(
        "a stream is enough from one length on, and not before",
        arguments: ["zlib-512", "zstd-4k"]
    )
    func cut(fixture: String) throws {
        let image = try QCow2Image(path: fixturePath(fixture))
        for stream in try streams(of: image).prefix(5) {
            let lengths = sufficientLengths(stream, image)
            let first = try #require(lengths.first)
            #expect(first > 0)
            #expect(lengths == Array(first...stream.bytes.count))
        }
    }

    @Test(
        "a stream of another length than the cluster's is refused",
        arguments: ["zlib-4k", "zstd-4k"]
    )
    func otherLength(fixture: String) throws {
        let image = try QCow2Image(path: fixturePath(fixture))
        let type = image.header.compressionType
        let larger = try #require(Geometry(clusterBits: 13, hasExtendedL2: false))
        let smaller = try #require(Geometry(clusterBits: 11, hasExtendedL2: false))
        for stream in try streams(of: image).prefix(5) {
            // Without what follows: that may be the frame of the next cluster.
            let needed = try #require(sufficientLengths(stream, image).first)
            #expect(decompressed(Array(stream.bytes[..<needed]), type, larger) == nil)
            // As QEMU has it, a deflate stream may go on when the cluster is full.
            let start = decompressed(stream.bytes, type, image.geometry)?.prefix(2048)
            #expect(
                decompressed(stream.bytes, type, smaller)
                    == (type == .zlib ? start.map(Array.init) : nil)
            )
        }
    }

    @Test(
        "a deflate stream that fills the cluster need not end",
        arguments: [9, 12, 15] as [UInt32]
    )
    func endless(bits: UInt32) throws {
        let geometry = try #require(Geometry(clusterBits: bits, hasExtendedL2: false))
        let content = (0..<Int(geometry.clusterBytes)).map { UInt8($0 % 251) }
        let length = UInt16(content.count)
        func stored(isLast: Bool, _ length: UInt16) -> [UInt8] {
            let (low, high) = (UInt8(length & 0xff), UInt8(length >> 8))
            return [isLast ? 1 : 0, low, high, ~low, ~high] + content
        }
        #expect(decompressed(stored(isLast: true, length), .zlib, geometry) == content)
        #expect(decompressed(stored(isLast: false, length), .zlib, geometry) == content)
        #expect(decompressed(stored(isLast: true, length - 1), .zlib, geometry) == nil)
        #expect(decompressed(stored(isLast: false, length - 1), .zlib, geometry) == nil)
    }

    @Test(
        "no bytes, and a stream of the other type, are refused",
        arguments: CompressionType.allCases
    )
    func otherType(type: CompressionType) throws {
        let other = try QCow2Image(path: fixturePath(type == .zlib ? "zstd-4k" : "zlib-4k"))
        #expect(decompressed([], type, other.geometry) == nil)
        for stream in try streams(of: other) {
            #expect(decompressed(stream.bytes, type, other.geometry) == nil)
        }
    }

    @Test(
        "of streams with flipped bits we read those that QEMU reads, to the same bytes",
        arguments: CompressionType.allCases,
        1...3 as ClosedRange<UInt64>
    )
    func flippedBits(type: CompressionType, seed: UInt64) throws {
        let (clusters, clusterBytes) = (96, 4096)
        let directory = try TemporaryDirectory()
        let (source, path) = (directory.path("source"), directory.path("image"))
        var random = SeededGenerator(seed: seed)
        try random.bytes(clusters * clusterBytes, mask: 0x4f)
            .write(to: URL(fileURLWithPath: source))
        try QemuImg.convert(
            source,
            from: "raw",
            to: path,
            format: "qcow2",
            compressed: true,
            options: ["cluster_size=4096,compression_type=\(type.name)"]
        )
        var bytes = try ImageBytes(path: path)
        for stream in try streams(of: QCow2Image(path: path)) where random.chance(80) {
            // In the middle: the ends of neighbours share a sector.
            let place = Int(stream.run.hostOffset.rawValue) + random.int(in: 0...1200)
            bytes.bytes[place] ^= UInt8(1 << random.int(in: 0...7))
        }
        try Data(bytes.bytes).write(to: URL(fileURLWithPath: path))
        let words = ["convert", "--salvage", "-q", "-f", "qcow2", "-O", "raw", path, source]
        try Command.runSuccessfully("qemu-img", words)
        let expected = try Data(contentsOf: URL(fileURLWithPath: source))
        let zeros = [UInt8](repeating: 0, count: clusterBytes)
        var refused = 0
        for stream in try streams(of: QCow2Image(path: path)) {
            let geometry = try #require(Geometry(clusterBits: 12, hasExtendedL2: false))
            let cluster = decompressed(stream.bytes, type, geometry)
            refused += cluster == nil ? 1 : 0
            let start = Int(stream.guestOffset)
            #expect(
                Data(cluster ?? zeros) == expected[start..<(start + clusterBytes)],
                "seed \(seed), \(hex(stream.guestOffset)), refused: \(cluster == nil)"
            )
        }
        #expect((1..<clusters).contains(refused))
    }

    @Test(
        "whatever the bytes, the answer is a cluster or none",
        arguments: CompressionType.allCases,
        1...4 as ClosedRange<UInt64>
    )
    func garbage(type: CompressionType, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let image = try QCow2Image(path: fixturePath("\(type.name)-4k"))
        let sound = try streams(of: image).map(\.bytes)
        let decompressor = ClusterDecompressor(type)
        let output = IOBuffer(byteCount: 4096)
        var filled = 0
        for _ in 0..<2500 {
            var input = Array(random.bytes(random.int(in: 0...120)))
            if random.chance(60) {
                input = random.pick(sound)
                for _ in 0..<random.int(in: 1...4) {
                    input[random.int(in: 0...(input.count - 1))] = UInt8(random.int(in: 0...255))
                }
            } else if type == .zstd, random.chance(80) {
                input = [0x28, 0xb5, 0x2f, 0xfd] + input
            }
            let range = 0..<random.pick([1, 512, 4095, 4096])
            let verdict = output.withMutableBytes(range) { target in
                // SAFETY: bytes have no padding.
                decompressor.decompress(unsafe input.span.bytes, into: &target)
            }
            filled += verdict == .damaged ? 0 : 1
        }
        // Both answers, or the inputs were too tame.
        #expect((1..<2500).contains(filled), "seed \(seed)")
    }
}
