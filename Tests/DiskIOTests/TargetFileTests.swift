// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@Suite("Files that are written")
struct TargetFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func target(_ name: String = "target") throws -> TargetFile {
        try TargetFile(creating: directory.path(name))
    }

    @Test("a target is new: what has the name is left as it is")
    func exclusive() throws {
        let taken = try directory.file("taken", [1, 2, 3])
        try Command.runSuccessfully("ln", ["-s", "nowhere", directory.path("dangling")])
        for name in ["taken", "dangling", "."] {
            let error = ioError { () throws(IOError) in
                _ = try TargetFile(creating: directory.path(name))
            }
            #expect(error?.nameIsTaken == true, "\(name)")
            #expect(error?.description == "\(directory.path(name)): open failed: File exists")
        }
        #expect(try contents(taken) == [1, 2, 3])
        #expect(try directory.names() == ["dangling", "taken"])
    }

    @Test("a target in a folder that is not there is an error with the kernel's reason")
    func noFolder() {
        let path = directory.path("absent/target")
        let error = ioError { () throws(IOError) in _ = try TargetFile(creating: path) }
        #expect(error?.description == "\(path): open failed: No such file or directory")
        #expect(error?.nameIsTaken == false)
    }

    @Test("a new target is empty and starts zeroed")
    func fresh() throws {
        let target = try TargetFile(creating: directory.path("new"))
        #expect(target.startsZeroed)
        #expect(!target.isBlockDevice)
        #expect(try target.size() == TargetFile(creating: directory.path("other")).size())
        #expect(try target.size().byteCount == 0)
    }

    @Test("errors show the name that the target will get")
    func shownName() throws {
        let path = directory.path("temporary")
        let target = try TargetFile(creating: path, shownAs: "final.raw")
        #expect(target.path == "final.raw")
        let error = ioError { () throws(IOError) in try target.setByteCount(1 << 62) }
        #expect(error?.path == "final.raw")
        let second = ioError { () throws(IOError) in
            _ = try TargetFile(creating: path, shownAs: "final.raw")
        }
        #expect(second?.description == "final.raw: open failed: File exists")
        #expect(try directory.names() == ["temporary"])
    }

    @Test("what is shared reads as its source, and what cannot be is left alone")
    func sharing() throws {
        for kind in LoopFileSystem.Kind.allCases {
            let system = try LoopFileSystem(kind)
            let path = system.path("source")
            try Data(counting(3 * 65_536)).write(to: URL(fileURLWithPath: path))
            let source = try File(readingFrom: path)
            let target = try TargetFile(creating: system.path("target"))
            let nines = [UInt8](repeating: 9, count: 65_536)
            try target.write(nines + nines + nines, at: 0)
            #expect(target.canShare(with: source))
            let names = try Directory.names(in: system.path(""))
            let unnamed = try TargetFile(unnamedIn: system.path(""))
            #expect(unnamed.canShare(with: source))
            #expect(try Directory.names(in: system.path("")) == names)
            #expect(try contents(target.path) == nines + nines + nines)
            try target.share(source, at: 65_536, byteCount: 65_536, to: 131_072)
            let error = ioError { () throws(IOError) in
                try target.share(source, at: 512, byteCount: 65_536, to: 0)
            }
            #expect(
                error?.description
                    == "\(target.path): ioctl FICLONERANGE at 0x0 failed: Invalid argument"
            )
            let piece = Array(counting(3 * 65_536)[65_536..<131_072])
            #expect(try contents(target.path) == nines + nines + piece)
        }
    }

    @Test("another file system's file, and what is no file, shares nothing")
    func sharingNothing() throws {
        let system = try LoopFileSystem(.xfs)
        let source = try File(readingFrom: directory.file("source", counting(65_536)))
        let target = try TargetFile(creating: system.path("target"))
        try target.write([UInt8](repeating: 9, count: 65_536), at: 0)
        for source in [source, ForeignSource()] as [any BlockSource] {
            #expect(!target.canShare(with: source))
            #expect(throws: IOError.self) {
                try target.share(source, at: 0, byteCount: 65_536, to: 0)
            }
        }
        #expect(try contents(target.path) == Array(repeating: 9, count: 65_536))
    }

    @Test("a regular file is not taken for a device")
    func noDevice() throws {
        let path = try directory.file("file", [1, 2, 3])
        let error = ioError { () throws(IOError) in _ = try TargetFile(device: path) }
        #expect(error?.description == "\(path): this is neither a file nor a block device")
        #expect(try contents(path) == [1, 2, 3])
    }

    @Test("bytes land where they are sent, in whatever order")
    func writing() throws {
        let target = try target()
        let buffer = IOBuffer(byteCount: 5000)
        for (index, byte) in counting(5000).enumerated() { buffer.set(byte, at: index) }
        try target.write(buffer, 100..<5000, at: 10_100)
        try target.write([7, 8, 9], at: 3)
        try target.write([], at: 20_000)
        try target.write(buffer, 0..<100, at: 10_000)
        try target.flush()
        let expected =
            [0, 0, 0, 7, 8, 9] + [UInt8](repeating: 0, count: 9994) + counting(5000)
        #expect(try contents(target.path) == expected)
        #expect(try target.size().byteCount == 15_000)
    }

    @Test(
        "a length is set both ways, and the new part reads as zeros",
        arguments: [0, 1, 4096, 9999]
    )
    func byteCount(_ byteCount: UInt64) throws {
        let target = try target()
        try target.write(counting(5000), at: 0)
        try target.setByteCount(byteCount)
        #expect(try target.size().byteCount == byteCount)
        let kept = counting(5000).prefix(Int(byteCount))
        #expect(
            try contents(target.path)
                == kept + Array(repeating: 0, count: Int(byteCount) - kept.count)
        )
    }

    @Test("a length that no file can have is an error")
    func absurdByteCount() throws {
        let target = try target()
        let error = ioError { () throws(IOError) in try target.setByteCount(1 << 62) }
        #expect(
            error?.description == "\(target.path): ftruncate at 0x4000000000000000 failed: "
                + "File too large"
        )
    }

    @Test(
        "zeroing makes zeros of its range alone and gives its whole pages back",
        arguments: [
            (0, 8192, 2), (4096, 4096, 1), (100, 60_000, 13), (1, 1, 0), (65_000, 5000, 1),
            (0, 70_000, 17),
        ] as [(Int, Int, UInt64)]
    )
    func zeroing(offset: Int, count: Int, pages: UInt64) throws {
        let target = try target()
        try target.write(counting(70_000), at: 0)
        try target.flush()
        let before = try target.size().allocatedBytes
        try target.zero(at: UInt64(offset), byteCount: UInt64(count))
        let zeroed = offset..<(offset + count)
        let expected = counting(70_000).enumerated().map { zeroed.contains($0) ? 0 : $1 }
        #expect(try contents(target.path) == expected)
        #expect(try target.size().byteCount == 70_000)
        #expect(try target.size().allocatedBytes <= before - pages * 4096)
    }

    @Test("zeros that are written take their space", arguments: [1, 4096, (1 << 20) + 5, 3 << 20])
    func writtenZeros(count: UInt64) throws {
        let target = try target()
        try target.write(counting(100), at: 0)
        try target.writeZeros(at: 50, byteCount: count)
        #expect(try target.size().byteCount == max(100, 50 + count))
        let bytes = try contents(target.path)
        #expect(Array(bytes.prefix(50)) == Array(counting(50)))
        let isZero = bytes.dropFirst(50).prefix(Int(count)).allSatisfy { $0 == 0 }
        #expect(isZero)
        #expect(
            Array(bytes.dropFirst(50 + Int(count)))
                == Array(counting(100).dropFirst(50 + Int(count)))
        )
        try target.flush()
        #expect(try target.size().allocatedBytes >= count)
    }

    @Test("allocation takes space and changes no byte")
    func allocating() throws {
        let target = try target()
        try target.write(counting(100), at: 0)
        try target.allocate(at: 0, byteCount: 2 << 20)
        try target.allocate(at: 0, byteCount: 0)
        #expect(try target.size().allocatedBytes >= 2 << 20)
        let bytes = try contents(target.path)
        #expect(Array(bytes.prefix(100)) == counting(100))
        let restIsZero = bytes.dropFirst(100).allSatisfy { $0 == 0 }
        #expect(restIsZero)
    }

    @Test("nothing is done for no bytes")
    func nothing() throws {
        let target = try target()
        try target.zero(at: 4096, byteCount: 0)
        try target.writeZeros(at: 4096, byteCount: 0)
        #expect(try target.size().byteCount == 0)
    }

    @Test("a write that fails is an error with its offset")
    func failing() throws {
        let target = try target()
        let last = UInt64(Int64.max)
        let error = ioError { () throws(IOError) in try target.write([1], at: last) }
        #expect(error?.description.hasPrefix("\(target.path): write at 0x7fffffffffffffff") == true)
    }
}
