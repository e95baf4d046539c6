// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Free space")
struct SpaceTests {
    private let directory: TemporaryDirectory
    private let system: LoopFileSystem
    private var source: String { directory.path("source.qcow2") }

    /// A file system with some 14 MiB of free space.
    init() throws {
        directory = try TemporaryDirectory()
        system = try LoopFileSystem(ext4Megabytes: 16)
    }

    /// An image of a disk of 64 MiB.
    private func makeSource(_ writes: String..., options: [String] = []) throws {
        try QemuImg.create(source, size: 64 << 20, options: options)
        try QemuImg.io(source, writes)
    }

    private func collapse(_ words: String..., name: String = "flat.raw") throws -> Command.Output {
        try Command.run(Tool.path(), ["collapse", source, system.path(name)] + words)
    }

    private func expectRefusal(_ output: Command.Output, bytes: Int) throws {
        #expect(output.status == 3)
        let words = "flat.raw: the target would take up to \(bytes) bytes, and only "
        #expect(output.standardError.contains(words))
        #expect(output.standardError.contains("--no-space-check"))
        let names = try FileManager.default.contentsOfDirectory(atPath: system.path(""))
        #expect(names == ["lost+found"])
    }

    @Test("a copy that cannot fit is refused before a byte is written, unless told not to")
    func refused() throws {
        try makeSource("write -q -P 1 0 24M")
        try expectRefusal(collapse(), bytes: 24 << 20)
        let output = try collapse("--no-space-check")
        #expect(output.status == 1)
        #expect(output.standardError.contains("No space left on device"))
    }

    @Test("holes take no space")
    func holes() throws {
        try makeSource("write -q -P 1 0 4M", "write -q -P 2 60M 4M")
        #expect(try collapse().isSuccess)
    }

    @Test("zeros that a source has as data take no space", arguments: ["flat.raw", "flat.qcow2"])
    func zeros(name: String) throws {
        try makeSource("write -q -P 0 0 40M", "write -q -P 1 40M 8M")
        #expect(try collapse(name: name).isSuccess)
    }

    @Test("what a compressed source expands to is counted, what a compressed target takes is not")
    func compressed() throws {
        let plain = directory.path("plain.qcow2")
        try QemuImg.create(plain, size: 64 << 20)
        try QemuImg.io(plain, ["write -q -P 1 0 64M"])
        // So many bytes that nobody can read make the layer large enough for a doubt.
        try QemuImg.convert(plain, to: source, format: "qcow2", compressed: true)
        try Command.runSuccessfully(
            "sh",
            ["-c", "head -c 4M /dev/urandom | tee -a \(source) >\(directory.path("noise"))"]
        )
        try expectRefusal(collapse(), bytes: 64 << 20)
        #expect(try collapse("--compress", name: "flat.qcow2").isSuccess)
    }

    @Test("preallocated space is needed, whatever the data", arguments: ["falloc", "full"])
    func preallocated(mode: String) throws {
        try makeSource("write -q -P 1 0 64k")
        try expectRefusal(collapse("--preallocation=\(mode)"), bytes: 64 << 20)
        #expect(try collapse().isSuccess)
    }

    @Test("a base that stays takes no space")
    func base() throws {
        try makeSource("write -q -P 1 0 32M")
        let top = directory.path("top.qcow2")
        try QemuImg.create(top, size: 64 << 20, backing: "source.qcow2")
        try QemuImg.io(top, ["write -q -P 2 30M 4M"])
        let words = ["collapse", top, system.path("flat.qcow2"), "--base", "source.qcow2"]
        #expect(try Command.run(Tool.path(), words).isSuccess)
    }

    @Test("blocks that are shared take no space", arguments: LoopFileSystem.Kind.allCases)
    func shared(kind: LoopFileSystem.Kind) throws {
        let system = try LoopFileSystem(kind)
        let source = system.path("source.raw")
        // More than half of the file system, so that a copy does not fit beside it.
        try Command.runSuccessfully(
            "sh",
            ["-c", "head -c 260M /dev/zero | tr '\\0' x > \(source)"]
        )
        #expect(try Tool.collapse(source, system.path("flat.raw")).isSuccess)
        let refused = try Tool.collapse(source, system.path("other.raw"), "--reflink=never")
        #expect(refused.status == 3)
    }
}
