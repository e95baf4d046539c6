// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@Suite("Tables of big-endian words")
struct WordTableTests {
    private let directory: TemporaryDirectory
    private let path: String
    /// The words 0x0101, 0x0202, ...
    ///
    /// 0x0a0a, then five bytes that are no word.
    private static let words = (1...10).map { UInt64($0) << 8 | UInt64($0) }

    init() throws {
        directory = try TemporaryDirectory()
        let bytes = Self.words.flatMap { word in (0..<8).map { UInt8(word >> (56 - 8 * $0) & 0xff) }
        }
        path = try directory.file("words", bytes + [9, 9, 9, 9, 9])
    }

    private func filled(at offset: UInt64, _ count: Int) throws -> [UInt64] {
        var table = WordTable()
        try table.fill(from: File(readingFrom: path), at: offset, count: count)
        return (0..<table.count).map { table[$0] }
    }

    @Test("words come in the processor's byte order", arguments: [0, 1, 3, 9], [0, 1])
    func order(first: Int, count: Int) throws {
        let words = try filled(at: UInt64(first) * 8, count)
        #expect(words == Array(Self.words[first..<(first + count)]))
    }

    @Test(
        "words beyond the end are zero, and so is one that is cut",
        arguments: [
            (0, 10, 10), (0, 11, 10), (0, 13, 10), (72, 5, 1), (80, 3, 0), (85, 2, 0), (86, 2, 0),
            (1 << 40, 4, 0), (.max - 7, 4, 0), (.max, 1, 0),
        ] as [(UInt64, Int, Int)]
    )
    func beyondEnd(offset: UInt64, count: Int, present: Int) throws {
        let first = present == 0 ? 0 : Int(offset / 8)
        let expected = Array(Self.words[first..<(first + present)])
        #expect(
            try filled(at: offset, count)
                == expected + Array(repeating: 0, count: count - present)
        )
    }

    @Test("a table that is used again holds nothing of before")
    func reuse() throws {
        let file = try File(readingFrom: path)
        var table = WordTable()
        for (offset, count) in [(0, 10), (72, 4), (0, 4), (80, 6), (8, 1), (0, 12)] {
            try table.fill(from: file, at: UInt64(offset), count: count)
            #expect(table.count == count)
            #expect(try (0..<count).map { table[$0] } == filled(at: UInt64(offset), count))
        }
    }

    @Test("the first word that is not zero is found from anywhere")
    func firstNonZero() throws {
        var bytes = [UInt8](repeating: 0, count: 80)
        bytes[3 * 8] = 0x80
        bytes[7 * 8 + 7] = 1
        let file = try File(readingFrom: directory.file("sparse", bytes))
        var table = WordTable()
        try table.fill(from: file, at: 0, count: 12)
        #expect(
            (0...12).map { table.firstNonZero(from: $0) } == [
                3, 3, 3, 3, 7, 7, 7, 7, 12, 12, 12, 12, 12,
            ]
        )
    }

    @Test("a read that fails is an error")
    func failing() throws {
        let file = try File(readingFrom: path)
        try truncate(path, to: 20)
        let error = ioError { () throws(IOError) in
            var table = WordTable()
            try table.fill(from: file, at: 0, count: 10)
        }
        #expect(error == IOError(call: "read", path: path, offset: 20, cause: .unexpectedEnd))
    }

    @Test("words are written as the format has them")
    func writing() {
        #expect(bigEndianBytes([]) == [])
        #expect(
            bigEndianBytes([0x0102_0304_0506_0708, 0xff])
                == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 255]
        )
    }
}
