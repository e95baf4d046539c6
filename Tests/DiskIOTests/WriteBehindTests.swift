// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import DiskIO

@Suite("Writing behind the writers")
struct WriteBehindTests {
    private static let mebibyte: UInt64 = 1 << 20

    /// What is due after each of so many writes of a mebibyte, one behind the other.
    private func steps(_ count: UInt64, isEager: Bool, cached: UInt64) -> [WriteBehind.Steps] {
        let mebibyte = WriteBehindTests.mebibyte
        var behind = WriteBehind(isEager: isEager, cachedBytes: cached * mebibyte)
        return (0..<count).map { behind.add($0 * mebibyte..<($0 + 1) * mebibyte) }
    }

    /// Requires that the ranges lie one behind the other from 0, and returns the end of the last.
    private func end(of ranges: [Range<UInt64>]) -> UInt64 {
        ranges.reduce(0) { end, range in
            #expect(range.lowerBound == end)
            return range.upperBound
        }
    }

    @Test("a target that will be flushed is on its way to the disk from the beginning")
    func eager() {
        let steps = steps(1000, isEager: true, cached: 10_000)
        #expect(steps.allSatisfy { $0.finish == nil })
        #expect(end(of: steps.compactMap(\.start)) > 950 * WriteBehindTests.mebibyte)
        #expect(steps.count { $0.start != nil } > 20)
    }

    @Test("another one is left to the system while it may stay in memory")
    func lazy() {
        #expect(steps(1000, isEager: false, cached: 1000).allSatisfy { $0.start == nil })
    }

    @Test("of a longer one all but the last part is given back", arguments: [true, false])
    func full(isEager: Bool) {
        let steps = steps(1000, isEager: isEager, cached: 500)
        #expect(steps.prefix(500).allSatisfy { $0.finish == nil })
        #expect(end(of: steps.compactMap(\.start)) > 950 * WriteBehindTests.mebibyte)
        #expect(end(of: steps.compactMap(\.finish)) > 800 * WriteBehindTests.mebibyte)
    }

    @Test("what is given back is on the disk and no longer in memory")
    func memory() throws {
        let system = try LoopFileSystem(.xfs)
        let path = system.path("file")
        try Data(counting(3 << 20)).write(to: URL(fileURLWithPath: path))
        let file = try File(readingFrom: path)
        #expect(try residentBytes(path) == 3 << 20)
        try file.perform(WriteBehind.Steps(start: 0..<(1 << 20)))
        #expect(try residentBytes(path) == 3 << 20)
        try file.perform(WriteBehind.Steps(finish: 0..<(2 << 20)))
        #expect(try residentBytes(path) == 1 << 20)
        #expect(try contents(path) == counting(3 << 20))
    }
}

/// The bytes of a file that the page cache holds.
private func residentBytes(_ path: String) throws -> UInt64? {
    let words = ["--bytes", "--noheadings", "--output", "RES", path]
    let output = try Command.runSuccessfully("fincore", words)
    return UInt64(output.text.trimmingCharacters(in: .whitespacesAndNewlines))
}

/// 2 MiB of counting bytes.
private func filledBuffer() -> IOBuffer {
    let bytes = counting(2 << 20)
    let buffer = IOBuffer(byteCount: bytes.count)
    for start in stride(from: 0, to: bytes.count, by: 16) {
        buffer.withMutableBytes(start..<(start + 16)) { span in
            for index in 0..<16 {
                span.storeBytes(of: bytes[start + index], toByteOffset: index, as: UInt8.self)
            }
        }
    }
    return buffer
}

@Suite("Writing past the page cache")
struct DirectWritingTests {
    @Test(
        "bytes land where they are sent, wherever they begin and end",
        arguments: LoopFileSystem.Kind.allCases,
        [TargetFile.Mode(isFlushed: true), TargetFile.Mode(isFlushed: true, isDirect: true)]
    )
    func anywhere(kind: LoopFileSystem.Kind, mode: TargetFile.Mode) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let system = try LoopFileSystem(kind)
        let target = try TargetFile(creating: system.path("target"), mode)
        let fileBytes = 8 << 20
        try target.setByteCount(UInt64(fileBytes))
        var expected = [UInt8](repeating: 0, count: fileBytes)
        let (bytes, buffer) = (counting(2 << 20), filledBuffer())
        for round in 0..<60 {
            // Half of the writes are aligned, and half of the others lie in memory as in the file.
            let unit = round % 2 == 0 ? 4096 : generator.pick([1, 512])
            let start = generator.int(in: 0...32 << 10) / unit * unit
            let count = generator.int(in: 0...19 << 16) / unit * unit
            let skew = round % 4 == 1 ? generator.int(in: 1...4095) : 0
            let place = generator.int(in: 0...6 << 8) * 4096 + start % 4096 + skew
            try target.write(buffer, start..<(start + count), at: UInt64(place))
            expected.replaceSubrange(place..<(place + count), with: bytes[start..<(start + count)])
        }
        try target.flush()
        #expect(try contents(target.path) == expected, "seed \(seed)")
    }

    @Test("nothing is left in memory", arguments: LoopFileSystem.Kind.allCases, [true, false])
    func memory(kind: LoopFileSystem.Kind, isDirect: Bool) throws {
        let system = try LoopFileSystem(kind)
        let mode = TargetFile.Mode(isFlushed: true, isDirect: isDirect)
        let target = try TargetFile(creating: system.path("target"), mode)
        let buffer = filledBuffer()
        for index in 0..<8 { try target.write(buffer, 0..<(2 << 20), at: UInt64(index) << 21) }
        #expect(try residentBytes(target.path) == 0)
        // A short write is left to the cache unless all are to pass it by.
        try target.write(buffer, 0..<65_536, at: 0)
        #expect(try residentBytes(target.path) == (isDirect ? 0 : 65_536))
    }
}
