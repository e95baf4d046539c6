// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What happens when the system cannot do what it is asked: always an error of one sentence, and no
/// file under the target's name.
@Suite("Faults")
struct FaultTests {
    private static let diskMegabytes = 24

    private let directory: TemporaryDirectory
    private var top: String { directory.path("top.qcow2") }
    private var source: String { directory.path("source.raw") }

    /// A chain of two layers, and a raw image whose data would not fit into a small file system.
    init() throws {
        directory = try TemporaryDirectory()
        let base = directory.path("base.qcow2")
        try QemuImg.create(base, size: 4 << 20)
        try QemuImg.io(base, ["write -q -P 1 0 1M", "write -q -P 2 3M 70k"])
        try QemuImg.create(top, size: 4 << 20, backing: "base.qcow2")
        try QemuImg.io(top, ["write -q -P 3 512k 200k", "write -q -z 0 64k"])
        try QemuImg.convert(top, to: directory.path("expected.raw"))
    }

    private func makeSource() throws {
        let words = ["-c", "head -c \(FaultTests.diskMegabytes)M /dev/urandom > \(source)"]
        try Command.runSuccessfully("sh", words)
    }

    /// Requires an error of one sentence in which these words occur.
    private func expectFailure(
        _ output: Command.Output,
        status: Int32 = 1,
        _ words: String,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(output.status == status, sourceLocation: location)
        let lines = output.standardError.split(separator: "\n")
        #expect(lines.count == 1, sourceLocation: location)
        #expect(lines.first?.hasPrefix("clone-image: ") == true, sourceLocation: location)
        #expect(lines.first?.contains(words) == true, "\(lines)", sourceLocation: location)
    }

    @Test(
        "whichever call fails, and for whatever reason, the error names it and nothing is left",
        arguments: [
            ("pread", 5, "read at"), ("pwrite", 28, "write at"), ("pwrite", 5, "write at"),
            ("fsync", 5, "fsync failed: Input/output error"), ("fsync", 28, "No space left"),
            ("ftruncate", 5, "ftruncate at"), ("renameat2", 13, "rename failed: Permission"),
        ] as [(String, Int32, String)]
    )
    func call(name: String, errno: Int32, words: String) throws {
        let faults = try FaultyCalls()
        let folder = directory.path("targets")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        var failures = 0
        for format in ["raw", "qcow2"] {
            let target = "\(folder)/flat.\(format)"
            for number in 0... {
                let fault = FaultyCalls.Fault.error(call: name, number: number, errno: errno)
                let output = try faults.run(Tool.path(), ["collapse", top, target], fault)
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                if output.status == 0 {
                    #expect(names.count == 1)
                    try FileManager.default.removeItem(atPath: target)
                    break
                }
                // A lower layer that cannot be read breaks the chain.
                #expect(output.status == 1 || name == "pread" && output.status == 2)
                expectFailure(output, status: output.status, words)
                #expect(names == [])
                failures += 1
            }
        }
        #expect(failures > 0, "the call was never made")
    }

    @Test("interrupted calls and those that move a part of the bytes change nothing")
    func rough() throws {
        let faults = try FaultyCalls()
        for (name, format) in [("flat.raw", "raw"), ("flat.qcow2", "qcow2")] {
            let target = directory.path(name)
            let output = try faults.run(Tool.path(), ["collapse", top, target], .rough)
            #expect(output.isSuccess)
            let expected = directory.path("expected.raw")
            try QemuImg.compare(expected, format: "raw", target, format: format)
        }
    }

    @Test("a file system that gets full is an error, and is as empty as before", arguments: [1, 2])
    func full(threads: Int) throws {
        try makeSource()
        let system = try LoopFileSystem(ext4Megabytes: 16)
        let before = try system.usedBytes()
        for name in ["flat.raw", "flat.qcow2"] {
            let output = try Tool.collapse(
                source,
                system.path(name),
                "--no-space-check",
                "--threads=\(threads)"
            )
            expectFailure(output, "No space left on device")
            #expect(try system.usedBytes() == before)
        }
    }

    @Test("a disk that gets full behind the file system's back is an error at the latest at fsync")
    func fullBehind() throws {
        try Command.runSuccessfully("truncate", ["--size=24M", source])
        // Pieces that are gathered in the cache, so that the disk is met by the flush.
        let writes = (0..<380).map { "write -q -P \(1 + $0 % 250) \($0 * 64)k 32k" }
        try QemuImg.io(source, writes, format: "raw")
        let outer = try LoopFileSystem(ext4Megabytes: 8)
        let inner = try LoopFileSystem(ext4Megabytes: 32, diskIn: outer.path(""))
        let output = try Tool.collapse(source, inner.path("flat.raw"))
        expectFailure(output, "flat.raw: fsync failed: No space left on device")
        #expect(!FileManager.default.fileExists(atPath: inner.path("flat.raw")))
    }

    @Test("a read-only file system is an error that names the target")
    func readOnly() throws {
        let system = try LoopFileSystem(ext4Megabytes: 16)
        try system.makeReadOnly()
        let output = try Tool.collapse(top, system.path("flat.raw"))
        expectFailure(output, status: 3, "flat.raw: open failed: Read-only file system")
    }

    @Test("a device that fails while it is read is an error; --salvage counts what is lost")
    func failingSource() throws {
        let device = try LoopDevice(byteCount: 8 << 20)
        try QemuImg.io(device.path, ["write -q -P 1 0 8M"], format: "raw")
        try Command.runSuccessfully("sync", ["--data", device.path])
        try Command.runSuccessfully("truncate", ["--size=5M", device.file])
        try Command.runSuccessfully("blockdev", ["--flushbufs", device.path])
        let target = directory.path("flat.raw")
        let output = try Tool.collapse(device.path, target)
        expectFailure(output, "read at 0x")
        #expect(output.standardError.contains("Input/output error"))
        #expect(!FileManager.default.fileExists(atPath: target))
        let salvaged = try Tool.collapse(device.path, target, "--salvage", "--json")
        #expect(try salvaged.decoded(as: Report.self).lostBytes == 3 << 20)
    }

    @Test("a device that fails while it is written is an error", arguments: ["raw", "qcow2"])
    func failingTarget(format: String) throws {
        try makeSource()
        let outer = try LoopFileSystem(ext4Megabytes: 8)
        let file = outer.path("disk")
        try Command.runSuccessfully("truncate", ["--size=64M", file])
        let device = try Command.runSuccessfully("losetup", ["--find", "--show", file]).text
            .trimmingCharacters(in: .whitespacesAndNewlines)
        defer { _ = try? Command.run("losetup", ["--detach", device]) }
        let output = try Tool.collapse(source, device, "--force", "--format=\(format)")
        expectFailure(output, "failed: ")
        #expect(output.standardError.contains(device))
        let start = try FileHandle(forReadingFrom: URL(fileURLWithPath: device)).read(upToCount: 4)
        #expect(format == "raw" || start == Data(count: 4))
    }

    /// Starts a collapse of the source that takes seconds, and returns when it is under way.
    private func slowCollapse() throws -> RunningTool {
        try makeSource()
        let words = ["collapse", source, "targets/flat.raw", "--rate-limit=12M"]
        let tool = try RunningTool(words, in: directory.path)
        let folder = directory.path("targets")
        let hasBegun = try tool.wait {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            return try names.contains { try FileFacts("\(folder)/\($0)").allocatedBytes > 0 }
        }
        try #require(hasBegun)
        return tool
    }

    private func makeTargets() throws {
        try FileManager.default.createDirectory(
            atPath: directory.path("targets"),
            withIntermediateDirectories: false
        )
    }

    @Test("a source that is cut while it is read is an error at the cut, not a signal")
    func cutSource() throws {
        try makeTargets()
        let tool = try slowCollapse()
        try Command.runSuccessfully("truncate", ["--size=20M", source])
        let (status, words) = try tool.end()
        #expect(status == 1)
        #expect(
            words.hasSuffix(
                "the file ended at read at 0x1400000: it was cut short while it was read\n"
            )
        )
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path("targets")) == []
        )
    }

    @Test("a source that is replaced while it is read is still the one that was opened")
    func replacedSource() throws {
        try makeTargets()
        let tool = try slowCollapse()
        try Command.runSuccessfully("mv", [source, directory.path("moved.raw")])
        try Data("another".utf8).write(to: URL(fileURLWithPath: source))
        #expect(try tool.end().status == 0)
        let target = directory.path("targets/flat.raw")
        #expect(try filesAreEqual(directory.path("moved.raw"), target))
    }

    @Test("a folder that vanishes while the target is written is an error")
    func vanishedFolder() throws {
        try makeTargets()
        let tool = try slowCollapse()
        try FileManager.default.removeItem(atPath: directory.path("targets"))
        let (status, words) = try tool.end()
        #expect(status == 1)
        #expect(
            words == "clone-image: targets/flat.raw: rename failed: No such file or directory\n"
        )
    }
}
