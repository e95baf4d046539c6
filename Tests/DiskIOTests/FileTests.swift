// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Files that are read")
struct FileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "any range reads as what was written",
        arguments: [0..<0, 0..<1, 4095..<4097, 0..<10_000, 9_999..<10_000, 10_000..<10_000]
    )
    func reading(range: Range<Int>) throws {
        let bytes = counting(10_000)
        let file = try File(readingFrom: directory.file("plain", bytes))
        #expect(file.byteCount == 10_000)
        #expect(file.kind == .regular)
        #expect(
            try file.bytes(at: UInt64(range.lowerBound), count: range.count)
                == Array(bytes[range])
        )
    }

    @Test("a part of a buffer is filled, the rest is left alone")
    func partOfBuffer() throws {
        let file = try File(readingFrom: directory.file("plain", counting(100)))
        let buffer = IOBuffer(byteCount: 40)
        buffer.fill(0..<40, with: 0xee)
        try file.read(at: 50, into: buffer, 10..<20)
        let filled = (51...60).map { UInt8($0) }
        #expect(
            buffer.all == [UInt8](repeating: 0xee, count: 10) + filled
                + [UInt8](repeating: 0xee, count: 20)
        )
    }

    @Test("a range that is announced is read ahead, once a read has had to wait")
    func announcing() async throws {
        let path = try directory.file("large", counting(16 << 20))
        try Command.runSuccessfully("sync", [path])
        let file = try File(readingFrom: path)
        file.forgetCached()
        let range = (12 << 20)..<(13 << 20)
        #expect(try cachedBytes(of: path, range) == 0)
        file.announce(at: UInt64(range.lowerBound), byteCount: UInt64(range.count))
        try await Task.sleep(for: .milliseconds(100))
        #expect(try cachedBytes(of: path, range) == 0)
        _ = try file.bytes(at: 0, count: 1)
        file.announce(at: UInt64(range.lowerBound), byteCount: UInt64(range.count))
        for _ in 0..<1000 where try cachedBytes(of: path, range) < range.count {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try cachedBytes(of: path, range) == range.count)
        // What follows is the kernel's affair.
        file.announce(at: UInt64(range.upperBound), byteCount: UInt64(range.count))
        try await Task.sleep(for: .milliseconds(100))
        #expect(try cachedBytes(of: path, (13 << 20)..<(14 << 20)) == 0)
    }

    /// The bytes of whole pages of a range that the page cache has.
    private func cachedBytes(of path: String, _ range: Range<Int>) throws -> Int {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        // SAFETY: a map of its own, let go of below.
        let map = unsafe mmap(
            nil,
            range.count,
            PROT_READ,
            MAP_SHARED,
            handle.fileDescriptor,
            range.lowerBound
        )
        defer { _ = unsafe munmap(map, range.count) }
        let page = Int(getpagesize())
        var pages = [UInt8](repeating: 0, count: range.count / page)
        // SAFETY: a byte for each page of the map.
        guard unsafe mincore(map, range.count, &pages) == 0 else { throw POSIXError(.EIO) }
        return pages.count { $0 & 1 == 1 } * page
    }

    @Test(
        "a range that passes the end is an error that names the end, wherever it begins",
        arguments: [(90, 11, 100), (100, 1, 100), (500, 8, 500), (1 << 40, 1, 1 << 40)]
            as [(UInt64, Int, UInt64)]
    )
    func pastEnd(offset: UInt64, count: Int, place: UInt64) throws {
        let path = try directory.file("short", counting(100))
        let file = try File(readingFrom: path)
        let error = ioError { () throws(IOError) in _ = try file.bytes(at: offset, count: count) }
        #expect(error == IOError(call: "read", path: path, offset: place, cause: .unexpectedEnd))
    }

    @Test(
        "an offset that no file reaches is an error and no trap",
        arguments: [1 << 63, (1 << 63) - 4, .max - 7, .max] as [UInt64]
    )
    func absurdOffset(offset: UInt64) throws {
        let file = try File(readingFrom: directory.file("plain", counting(100)))
        let error = ioError { () throws(IOError) in _ = try file.bytes(at: offset, count: 8) }
        #expect(error?.path == file.path)
        #expect(error?.offset == offset)
        #expect(try file.nextData(at: offset) == nil)
    }

    @Test(
        "a file that is cut while it is open is an error at the cut",
        arguments: [0, 1, 4096, 9000]
    )
    func cut(byteCount: UInt64) throws {
        let path = try directory.file("cut", counting(10_000))
        let file = try File(readingFrom: path)
        try truncate(path, to: byteCount)
        let error = ioError { () throws(IOError) in _ = try file.bytes(at: 0, count: 10_000) }
        #expect(
            error == IOError(call: "read", path: path, offset: byteCount, cause: .unexpectedEnd)
        )
        #expect(error?.description.contains("\(path): the file ended at read at 0x") == true)
        #expect(file.byteCount == 10_000)
    }

    @Test(
        "what is no file is refused by name, without waiting for anybody",
        .timeLimit(.minutes(10)),
        arguments: [
            ("folder", "this is neither a file nor a block device"),
            ("fifo", "this is neither a file nor a block device"),
            ("absent", "open failed: No such file or directory"),
            ("loop", "open failed: Too many levels of symbolic links"),
            ("/dev/null", "this is neither a file nor a block device"),
            ("/dev/zero", "this is neither a file nor a block device"),
        ]
    )
    func noFile(name: String, sentence: String) throws {
        try makeOddities()
        let path = name.hasPrefix("/") ? name : directory.path(name)
        let clock = ContinuousClock()
        let duration = clock.measure {
            let error = ioError { () throws(IOError) in _ = try File(readingFrom: path) }
            #expect(error?.description == "\(path): \(sentence)")
            #expect(error?.nothingIsThere == (name == "absent"))
        }
        #expect(duration < .seconds(2))
    }

    private func makeOddities() throws {
        try FileManager.default.createDirectory(
            atPath: directory.path("folder"),
            withIntermediateDirectories: false
        )
        try Command.runSuccessfully("mkfifo", [directory.path("fifo")])
        try Command.runSuccessfully("ln", ["-s", "loop", directory.path("loop")])
    }

    @Test("a file has one identity under all its names, and no other file has it")
    func identity() throws {
        let path = try directory.file("one", [1])
        try Command.runSuccessfully("ln", ["-s", path, directory.path("link")])
        try Command.runSuccessfully("ln", [path, directory.path("hard")])
        let other = try File(readingFrom: directory.file("two", [1]))
        let file = try File(readingFrom: path)
        for name in ["one", "link", "hard"] {
            #expect(try File(readingFrom: directory.path(name)).identity == file.identity)
            #expect(Directory.kind(of: directory.path(name)) == .regular(file.identity))
        }
        #expect(other.identity != file.identity)
    }

    @Test("the space of a sparse file is what it occupies")
    func allocation() throws {
        let bytes = counting(8192)
        let path = try directory.sparseFile(
            "sparse",
            byteCount: 1 << 30,
            pieces: [(1 << 20, bytes)]
        )
        let allocated = try File(readingFrom: path).allocatedBytes()
        #expect((8192..<(1 << 20)).contains(Int(allocated)))
    }

    @Test("a file that is let go is closed")
    func closing() throws {
        let path = try directory.file("closed", [1, 2, 3])
        let open = try File(readingFrom: path)
        #expect(try descriptors(of: path) == 1)
        var second: File? = try File(readingFrom: path)
        #expect(try descriptors(of: path) == 2)
        #expect(second?.byteCount == 3)
        second = nil
        #expect(try descriptors(of: path) == 1)
        #expect(open.byteCount == 3)
    }

    @Test("as many files may be open as the system allows")
    func openFileLimit() throws {
        let count = raiseOpenFileLimit()
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/limits"))
        let limits = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        let line = try #require(limits.split(separator: "\n").first { $0.contains("open files") })
        let words = line.split(separator: " ")
        #expect(words[3...4].map(String.init) == ["\(count)", "\(count)"])
        #expect(raiseOpenFileLimit() == count)
    }

    private func descriptors(of path: String) throws -> Int {
        let folder = "/proc/self/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).count { number in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)"))
                == path
        }
    }
}
