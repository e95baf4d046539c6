// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import QCow2

@Suite("Descriptors of compressed clusters")
struct CompressedRunTests {
    /// The specification's arithmetic, with divisions in place of shifts.
    private func decode(_ word: UInt64, bits: Int) -> (offset: UInt64, sectors: UInt64) {
        let offsetBits = 62 - (bits - 8)
        let power = (0..<offsetBits).reduce(UInt64(1)) { power, _ in power * 2 }
        let descriptor = word % 0x4000_0000_0000_0000
        return (descriptor % power, descriptor / power)
    }

    private func geometry(_ bits: Int) throws -> Geometry {
        try #require(Geometry(clusterBits: UInt32(bits), hasExtendedL2: false))
    }

    @Test("any descriptor is decoded as the specification says", arguments: 9...21)
    func decoding(bits: Int) throws {
        var random = SeededGenerator(seed: UInt64(bits))
        let geometry = try geometry(bits)
        let words = [0, .max, 1 << 61, (1 << 62) - 1] + (0..<2000).map { _ in random.next() }
        let mistakes = words.filter { word in
            let run = CompressedRun(entry: word, geometry)
            let (offset, sectors) = decode(word, bits: bits)
            return run.hostOffset.rawValue != offset
                || run.byteCount != Int((sectors + 1) * 512 - offset % 512)
        }
        #expect(mistakes == [], "seed \(bits)")
    }

    @Test("a whole cluster of the largest size is within the count's reach", arguments: 9...21)
    func largest(bits: Int) throws {
        let run = CompressedRun(entry: .max, try geometry(bits))
        let sectors = 1 << (bits - 8)
        #expect(run.byteCount == sectors * 512 - 511)
        #expect(run.hostOffset.rawValue == (UInt64(1) << UInt64(70 - bits)) - 1)
    }

    @Test("what is encoded is decoded, up to the end of its last sector", arguments: 9...21)
    func encoding(bits: Int) throws {
        var random = SeededGenerator(seed: UInt64(bits) + 100)
        let geometry = try geometry(bits)
        for _ in 0..<500 {
            let offset = random.next() % (1 << UInt64(min(70 - bits, 55)))
            let count = random.int(in: 1...(1 << bits))
            let run = CompressedRun(hostOffset: HostOffset(offset), byteCount: count)
            let word = try #require(run.entry(geometry))
            #expect(word >> 62 == 1)
            let (decodedOffset, sectors) = decode(word, bits: bits)
            #expect(decodedOffset == offset)
            let reach = offset / 512 * 512 + (sectors + 1) * 512
            let end = offset + UInt64(count)
            #expect((end..<(end + 512)).contains(reach), "\(count) bytes at \(offset)")
        }
    }

    @Test("a place or a length that has no descriptor has none", arguments: 9...21)
    func impossible(bits: Int) throws {
        let geometry = try geometry(bits)
        let (offsets, sectors) = (UInt64(1) << UInt64(70 - bits), 1 << (bits - 8))
        func entry(_ offset: UInt64, _ count: Int) -> UInt64? {
            CompressedRun(hostOffset: HostOffset(offset), byteCount: count).entry(geometry)
        }
        #expect(entry(offsets - 512, 512) != nil)
        #expect(entry(offsets, 1) == nil)
        #expect(entry(.max, 1) == nil)
        #expect(entry(0, sectors * 512) != nil)
        #expect(entry(0, sectors * 512 + 1) == nil)
        #expect(entry(511, sectors * 512 - 511) != nil)
        #expect(entry(511, sectors * 512 - 510) == nil)
    }
}
