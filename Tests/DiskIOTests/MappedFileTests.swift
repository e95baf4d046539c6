// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@Suite("Files that are mapped")
struct MappedFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a map reads what the file's descriptor reads", arguments: 1...6 as ClosedRange<UInt64>)
    func sameBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let byteCount = random.int(in: 1...300_000)
        let file = try File(
            readingFrom: directory.file("noise", Array(random.bytes(byteCount)))
        )
        let map = try MappedFile(file)
        #expect(map.byteCount == UInt64(byteCount))
        #expect(map.path == file.path)
        for _ in 0..<50 {
            let offset = random.int(in: 0...byteCount)
            let count = random.int(in: 0...min(20_000, byteCount - offset))
            #expect(
                try map.bytes(at: UInt64(offset), count: count)
                    == file.bytes(at: UInt64(offset), count: count),
                "seed \(seed): \(count) bytes at \(offset)"
            )
        }
    }

    @Test("an empty file is mapped and has nothing to read")
    func empty() throws {
        let map = try MappedFile(File(readingFrom: directory.file("empty", [])))
        #expect(map.byteCount == 0)
        #expect(try map.bytes(at: 0, count: 0) == [])
        let error = ioError { () throws(IOError) in _ = try map.bytes(at: 0, count: 1) }
        #expect(error?.cause == .unexpectedEnd)
    }

    @Test("a range past the end is an error, even where the last page reaches further")
    func pastEnd() throws {
        let path = try directory.file("short", counting(5000))
        let map = try MappedFile(File(readingFrom: path))
        #expect(try map.bytes(at: 4990, count: 10) == Array(counting(5000)[4990...]))
        let error = ioError { () throws(IOError) in _ = try map.bytes(at: 4990, count: 11) }
        #expect(error == IOError(call: "read", path: path, offset: 5000, cause: .unexpectedEnd))
    }

    @Test(
        "a file that is cut under its map is an error and no signal",
        arguments: [0, 4096, 8192, 65_536],
        [false, true]
    )
    func cut(byteCount: UInt64, wasRead: Bool) throws {
        let path = try directory.file("cut", counting(100_000))
        let map = try MappedFile(File(readingFrom: path))
        if wasRead { _ = try map.bytes(at: 0, count: 100_000) }
        try truncate(path, to: byteCount)
        for offset in [byteCount, 99_000] {
            let error = ioError { () throws(IOError) in
                _ = try map.bytes(at: offset, count: 1000)
            }
            #expect(
                error == IOError(call: "read", path: path, offset: offset, cause: .unexpectedEnd)
            )
        }
        let error = ioError { () throws(IOError) in _ = try map.bytes(at: 0, count: 100_000) }
        #expect(
            error == IOError(call: "read", path: path, offset: byteCount, cause: .unexpectedEnd)
        )
        #expect(
            try map.bytes(at: 0, count: Int(byteCount))
                == Array(counting(100_000)[..<Int(byteCount)])
        )
    }

    @Test("what is written to the file later is what the map reads")
    func shared() throws {
        let path = try directory.file("shared", counting(10_000))
        let map = try MappedFile(File(readingFrom: path))
        #expect(try map.bytes(at: 5000, count: 1) == [counting(10_000)[5000]])
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seek(toOffset: 5000)
        try handle.write(contentsOf: Data([0xfe]))
        #expect(try map.bytes(at: 5000, count: 1) == [0xfe])
    }

    @Test(
        "reading a big file through its map keeps little of it in memory",
        arguments: [
            (1 << 20, 1 << 20), (4096, 65_536), (8, 65_536), (5000, 8192), (3 << 20, 4 << 20),
        ]
    )
    func pagesAreGivenBack(byteCount: Int, step: UInt64) throws {
        let path = try directory.sparseFile("big", byteCount: 128 << 20)
        let file = try File(readingFrom: path)
        // Pages that the system has already are mapped along with their neighbours.
        _ = try file.bytes(at: 0, count: 128 << 20)
        let map = try MappedFile(file)
        let buffer = IOBuffer(byteCount: byteCount)
        for offset in stride(from: UInt64(0), to: 128 << 20, by: Int(step)) {
            try map.read(at: offset, into: buffer, 0..<byteCount)
        }
        #expect(try residentKiB(of: path) <= 8 << 10)
    }

    /// How much of the mapped file is in this process's memory.
    private func residentKiB(of path: String) throws -> Int {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/smaps"))
        let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        let mapping = try #require(maps.split(separator: path + "\n").dropFirst().first)
        let line = try #require(mapping.split(separator: "\n").first { $0.hasPrefix("Rss:") })
        let words = line.split(separator: " ")
        return try #require(Int(words[1]))
    }
}
