// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@Suite("Buffers of memory")
struct IOBufferTests {
    @Test(
        "a new buffer is zero and page-aligned enough for any length",
        arguments: [1, 4095, 4097]
    )
    func fresh(byteCount: Int) {
        let buffer = IOBuffer(byteCount: byteCount)
        #expect(buffer.byteCount == byteCount)
        #expect(buffer.all == [UInt8](repeating: 0, count: byteCount))
        #expect(buffer.isZero(0..<byteCount))
    }

    @Test("a part is zero exactly when no byte of it is set", arguments: 0...17)
    func zero(start: Int) {
        let buffer = IOBuffer(byteCount: 96)
        var mistakes: [String] = []
        for length in 0...66 {
            let range = start..<(start + length)
            // What lies around it is set and must not matter.
            buffer.fill(0..<96, with: 0xff)
            buffer.zero(range)
            if !buffer.isZero(range) { mistakes.append("\(range) is zero") }
            for index in range {
                buffer.set(index.isMultiple(of: 2) ? 1 : 0x80, at: index)
                if buffer.isZero(range) { mistakes.append("\(range) has a byte at \(index)") }
                buffer.set(0, at: index)
            }
        }
        #expect(mistakes == [])
    }

    @Test(
        "one byte of a large part is found wherever it is",
        arguments: [4095, 4096, 4097, 65_536, (2 << 20) - 1],
        [0, 1, 15, 16, 17, 4094]
    )
    func oneByte(byteCount: Int, index: Int) {
        let buffer = IOBuffer(byteCount: byteCount)
        for place in [index, byteCount - 1 - index] {
            buffer.set(0x10, at: place)
            #expect(!buffer.isZero(0..<byteCount))
            #expect(buffer.isZero(0..<place))
            #expect(buffer.isZero((place + 1)..<byteCount))
            buffer.set(0, at: place)
        }
        #expect(buffer.isZero(0..<byteCount))
    }

    @Test("zeroing touches its part alone", arguments: [0..<0, 0..<1, 5..<37, 40..<64, 0..<64])
    func zeroing(range: Range<Int>) {
        let buffer = IOBuffer(byteCount: 64)
        buffer.fill(0..<64, with: 7)
        buffer.zero(range)
        #expect(buffer.all == (0..<64).map { range.contains($0) ? 0 : 7 })
    }

    @Test(
        "a copy arrives where it was sent and nowhere else",
        arguments: [0, 1, 7, 33],
        [0, 5, 31]
    )
    func copying(start: Int, count: Int) {
        let (source, target) = (IOBuffer(byteCount: 64), IOBuffer(byteCount: 64))
        for index in 0..<64 { source.set(UInt8(index + 100), at: index) }
        target.fill(0..<64, with: 1)
        target.copy(20..<(20 + count), of: source, to: start)
        let expected = (0..<64).map { index in
            (start..<(start + count)).contains(index) ? UInt8(index - start + 120) : 1
        }
        #expect(target.all == expected)
        #expect(source.all == (100..<164).map { UInt8($0) })
    }

    @Test("runs of data are what a look at every byte finds", arguments: 1...60 as ClosedRange)
    func dataRuns(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let buffer = IOBuffer(byteCount: 3000)
        let grain = random.pick([1, 2, 7, 16, 64, 512, 5000])
        for _ in 0..<random.int(in: 0...12) {
            let start = random.int(in: 0...2999)
            let end = min(3000, start + random.int(in: 1...40))
            buffer.fill(start..<end, with: UInt8(random.int(in: 1...255)))
        }
        let start = random.int(in: 0...600)
        let range = start..<random.int(in: start...3000)
        #expect(
            buffer.dataRuns(in: range, grainBytes: grain)
                == naiveRuns(buffer.all, in: range, grain),
            "seed \(seed), \(range) in blocks of \(grain)"
        )
    }

    /// Marks each byte whose block has data, then reads off the runs.
    private func naiveRuns(_ bytes: [UInt8], in range: Range<Int>, _ grain: Int) -> [Range<Int>] {
        let isData = range.map { index in
            let block = (index - range.lowerBound) / grain
            let blockStart = range.lowerBound + block * grain
            return bytes[blockStart..<min(blockStart + grain, range.upperBound)].contains {
                $0 != 0
            }
        }
        var edges = isData.indices.filter { $0 == 0 ? isData[0] : isData[$0] != isData[$0 - 1] }
        if isData.last == true { edges.append(isData.count) }
        return stride(from: 0, to: edges.count, by: 2).map {
            (range.lowerBound + edges[$0])..<(range.lowerBound + edges[$0 + 1])
        }
    }

    @Test("a range outside the buffer ends the program instead of reading on")
    func outside() async {
        await #expect(processExitsWith: .failure) {
            _ = IOBuffer(byteCount: 16).isZero(0..<17)
        }
        await #expect(processExitsWith: .failure) {
            IOBuffer(byteCount: 16).zero(-1..<3)
        }
        await #expect(processExitsWith: .failure) {
            IOBuffer(byteCount: 16).copy(0..<9, of: IOBuffer(byteCount: 16), to: 8)
        }
        await #expect(processExitsWith: .success) {
            IOBuffer(byteCount: 16).copy(0..<8, of: IOBuffer(byteCount: 16), to: 8)
        }
    }
}
