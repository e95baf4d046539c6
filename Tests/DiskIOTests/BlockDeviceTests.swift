// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@Suite("Block devices", .serialized)
struct BlockDeviceTests {
    private let device: LoopDevice

    init() throws {
        device = try LoopDevice(byteCount: 3 << 20)
    }

    @Test("a device has the size of the device, not of its node")
    func size() throws {
        let file = try File(readingFrom: device.path)
        #expect(file.kind == .blockDevice)
        #expect(file.byteCount == 3 << 20)
        #expect(Directory.kind(of: device.path) == .blockDevice(file.identity))
        #expect(try file.bytes(at: (3 << 20) - 512, count: 512) == Array(repeating: 0, count: 512))
        let error = ioError { () throws(IOError) in
            _ = try file.bytes(at: (3 << 20) - 512, count: 513)
        }
        #expect(error?.cause == .unexpectedEnd)
    }

    @Test("a device has one identity under all its nodes, and no other device has it")
    func identity() throws {
        let directory = try TemporaryDirectory()
        let other = try LoopDevice(byteCount: 3 << 20)
        let node = directory.path("node")
        let numbers = try Command.runSuccessfully("stat", ["--format=%Hr %Lr", device.path]).text
        try Command.runSuccessfully(
            "mknod",
            [node, "b"] + numbers.split { " \n".contains($0) }.map(String.init)
        )
        let file = try File(readingFrom: device.path)
        #expect(try File(readingFrom: node).identity == file.identity)
        #expect(Directory.kind(of: node) == .blockDevice(file.identity))
        #expect(try File(readingFrom: other.path).identity != file.identity)
        #expect(try File(readingFrom: device.file).identity != file.identity)
    }

    @Test("a device is data everywhere, holes or not")
    func noHoles() throws {
        let file = try File(readingFrom: device.path)
        #expect(try file.nextData(at: 0) == 0..<(3 << 20))
        #expect(try file.nextData(at: 4096) == 4096..<(3 << 20))
        #expect(try file.nextData(at: 3 << 20) == nil)
    }

    @Test("a device is written and zeroed in place and keeps its size")
    func writing() throws {
        let target = try TargetFile(device: device.path)
        #expect(target.isBlockDevice)
        #expect(!target.startsZeroed)
        try target.write(counting(100_000), at: 4096)
        try target.zero(at: 8192, byteCount: 50_000)
        try target.allocate(at: 0, byteCount: 3 << 20)
        try target.setByteCount(1 << 20)
        try target.setByteCount(3 << 20)
        try target.flush()
        #expect(try target.size().byteCount == 3 << 20)
        let zeroed = 4096..<(4096 + 50_000)
        let expected = counting(100_000).enumerated().map { zeroed.contains($0) ? 0 : $1 }
        #expect(try File(readingFrom: device.path).bytes(at: 4096, count: 100_000) == expected)
    }

    @Test("a device that can do it is zeroed from its beginning in one step")
    func clearing() throws {
        let target = try TargetFile(device: device.path)
        try target.write(counting(100_000), at: 0)
        #expect(try target.clear(byteCount: 8192))
        #expect(try !target.clear(byteCount: 0))
        let expected = [UInt8](repeating: 0, count: 8192) + counting(100_000).dropFirst(8192)
        #expect(try File(readingFrom: device.path).bytes(at: 0, count: 100_000) == expected)
    }

    @Test("a disk that is larger than the device does not fit, before a byte is written")
    func tooSmall() throws {
        let target = try TargetFile(device: device.path)
        let error = ioError { () throws(IOError) in try target.setByteCount((3 << 20) + 1) }
        #expect(error?.cause == .tooSmall(byteCount: 3 << 20, needed: (3 << 20) + 1))
        let end = ioError { () throws(IOError) in
            try target.write(counting(8192), at: (3 << 20) - 4096)
        }
        #expect(end?.cause == .tooSmall(byteCount: 3 << 20, needed: (3 << 20) + 4096))
    }

    @Test("a device is not created again")
    func exclusive() {
        let error = ioError { () throws(IOError) in _ = try TargetFile(creating: device.path) }
        #expect(error?.nameIsTaken == true)
    }
}

/// A file system that knows nothing but reading and writing.
private final class PlainFileSystem {
    private let directory: TemporaryDirectory
    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        try Command.runSuccessfully("mount", ["-t", "ramfs", "plain", directory.path])
    }

    deinit { _ = try? Command.run("umount", [directory.path]) }
}

@Suite("File systems that can do little")
struct PlainFileSystemTests {
    private let system: PlainFileSystem

    init() throws {
        try #require(geteuid() == 0, "only root mounts file systems: sudo Scripts/test")
        system = try PlainFileSystem()
    }

    @Test("where no hole can be punched, zeros are written, each time")
    func zeroing() throws {
        let target = try TargetFile(creating: system.path + "/target")
        try target.write(counting(3 << 20), at: 0)
        try target.zero(at: 100, byteCount: 60_000)
        try target.zero(at: 1 << 20, byteCount: (1 << 20) + 5)
        let zeroed = [100..<60_100, (1 << 20)..<((2 << 20) + 5)]
        var expected = counting(3 << 20)
        for range in zeroed {
            expected.replaceSubrange(range, with: Array(repeating: 0, count: range.count))
        }
        #expect(try contents(target.path) == expected)
        #expect(try target.size().byteCount == 3 << 20)
    }

    @Test("direct writes that cannot be had are an error when asked for, and leave no file")
    func direct() throws {
        let path = system.path + "/target"
        let error = ioError { () throws(IOError) in
            _ = try TargetFile(creating: path, TargetFile.Mode(isDirect: true))
        }
        #expect(error?.description == "\(path): open for direct writing failed: Invalid argument")
        #expect(Directory.kind(of: path) == nil)
        let target = try TargetFile(creating: path, TargetFile.Mode(isFlushed: true))
        try target.write(counting(3 << 20), at: 4096)
        #expect(try contents(path) == Array(repeating: 0, count: 4096) + counting(3 << 20))
    }

    @Test("space that cannot be had is an error")
    func allocating() throws {
        let target = try TargetFile(creating: system.path + "/target")
        let error = ioError { () throws(IOError) in try target.allocate(at: 512, byteCount: 512) }
        #expect(
            error?.description
                == "\(target.path): fallocate at 0x200 failed: Operation not supported"
        )
    }

    @Test("names are given exclusively here too")
    func publishing() throws {
        let (first, second) = (system.path + "/first", system.path + "/second")
        _ = try TargetFile(creating: first)
        _ = try TargetFile(creating: second)
        try Directory.publish(first, as: system.path + "/final")
        let error = ioError { () throws(IOError) in
            try Directory.publish(second, as: system.path + "/final")
        }
        #expect(error?.nameIsTaken == true)
        try Directory.flush(system.path)
    }

    @Test("a file without known holes is data")
    func holes() throws {
        let target = try TargetFile(creating: system.path + "/target")
        try target.setByteCount(1 << 20)
        let file = try File(readingFrom: target.path)
        #expect(try file.nextData(at: 4096) == 4096..<(1 << 20))
        #expect(try file.nextData(at: 1 << 20) == nil)
    }
}
