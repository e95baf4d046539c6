// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@Suite("Holes of sparse files")
struct SparseFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// All ranges of data, found from front to back.
    private func dataRanges(of source: any BlockSource) throws -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        var offset: UInt64 = 0
        while let range = try source.nextData(at: offset) {
            try #require(range.lowerBound >= offset && !range.isEmpty, "\(range) from \(offset)")
            ranges.append(range)
            offset = range.upperBound
        }
        return ranges
    }

    @Test("data is found where it was written, and nowhere else", arguments: 1...20 as ClosedRange)
    func found(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let block: UInt64 = 65_536
        let count: UInt64 = 512
        var blocks: Set<UInt64> = []
        for _ in 0..<random.int(in: 1...12) {
            let first = UInt64(random.int(in: 0...Int(count) - 1))
            for number in first..<min(count, first + UInt64(random.int(in: 1...9))) {
                blocks.insert(number)
            }
        }
        let path = try directory.sparseFile(
            "sparse",
            byteCount: block * count,
            pieces: blocks.sorted().map { ($0 * block, [UInt8](repeating: 1, count: Int(block))) }
        )
        let found = try dataRanges(of: File(readingFrom: path))
        let foundBlocks = found.flatMap { $0.lowerBound / block..<$0.upperBound / block }
        #expect(found.allSatisfy { $0.lowerBound % block == 0 && $0.upperBound % block == 0 })
        #expect(foundBlocks == blocks.sorted(), "seed \(seed)")
    }

    @Test("a range that is asked for from its middle begins there")
    func middle() throws {
        let path = try directory.sparseFile(
            "sparse",
            byteCount: 4 << 20,
            pieces: [(1 << 20, [UInt8](repeating: 1, count: 1 << 20))]
        )
        let file = try File(readingFrom: path)
        let (start, end): (UInt64, UInt64) = (1 << 20, 2 << 20)
        #expect(try file.nextData(at: 0) == start..<end)
        #expect(try file.nextData(at: start + 12_345) == (start + 12_345)..<end)
        #expect(try file.nextData(at: end - 1) == (end - 1)..<end)
        #expect(try file.nextData(at: end) == nil)
        #expect(try file.nextData(at: 4 << 20) == nil)
        #expect(try file.nextData(at: .max) == nil)
    }

    @Test("a file of one hole has no data, a file without holes is all data")
    func extremes() throws {
        let hole = try directory.sparseFile("hole", byteCount: 1 << 40)
        #expect(try dataRanges(of: File(readingFrom: hole)) == [])
        let empty = try directory.file("empty", [])
        #expect(try dataRanges(of: File(readingFrom: empty)) == [])
        let full = try directory.file("full", counting(10_001))
        #expect(try dataRanges(of: File(readingFrom: full)) == [0..<10_001])
    }

    @Test("data that is appended later stays outside the size the file had")
    func grown() throws {
        let path = try directory.file("grown", counting(5000))
        let file = try File(readingFrom: path)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(counting(100_000)))
        #expect(try dataRanges(of: file) == [0..<5000])
    }

    @Test("a file that was cut below the question has no data there")
    func cut() throws {
        let path = try directory.file("cut", counting(1 << 20))
        let file = try File(readingFrom: path)
        try truncate(path, to: 4096)
        #expect(try file.nextData(at: 0) == 0..<4096)
        #expect(try file.nextData(at: 8192) == nil)
    }

    @Test("a source that does not know holes is all data")
    func ignorant() throws {
        let source = ForeignSource()
        #expect(try source.nextData(at: 5) == 5..<(3 << 20))
        #expect(try source.nextData(at: 3 << 20) == nil)
    }
}
