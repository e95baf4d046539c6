// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Chains of layers")
struct ImageChainTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Makes an overlay by qemu-img, which is told not to look at the backing file.
    private func overlay(_ name: String, over backing: String, format: String = "qcow2") throws {
        try Command.runSuccessfully(
            "qemu-img",
            [
                "create", "-q", "-f", "qcow2", "-u", "-b", backing, "-F", format,
                directory.path(name), "1M",
            ]
        )
    }

    private func refusal(of name: String) -> CollapseError? {
        #expect(throws: CollapseError.self) { _ = try ImageChain(top: directory.path(name)) }
    }

    @Test("a cycle is an error that names the way around")
    func cycle() throws {
        try overlay("a", over: "b")
        try overlay("b", over: "c")
        try overlay("c", over: "a")
        let error = refusal(of: "a")
        #expect(error?.code == .brokenChain)
        let trail = ["a", "b", "c", "a"].map { directory.path($0) }.joined(separator: " -> ")
        #expect(error?.message.hasPrefix(trail + ":") == true, "\(error?.message ?? "")")
    }

    @Test("a layer that is its own backing file, by whatever name, is an error")
    func selfReference() throws {
        try overlay("a", over: "link")
        try FileManager.default.createSymbolicLink(
            atPath: directory.path("link"),
            withDestinationPath: directory.path("a")
        )
        #expect(refusal(of: "a")?.code == .brokenChain)
    }

    @Test("a missing layer is an error that names the chain down to it")
    func missing() throws {
        try overlay("a", over: "b")
        try overlay("b", over: "gone")
        let error = refusal(of: "a")
        #expect(error?.code == .brokenChain)
        let trail = "\(directory.path("a")) -> \(directory.path("b")): "
        #expect(error?.message.hasPrefix(trail + directory.path("gone") + ":") == true)
        #expect(error?.message.contains("No such file") == true)
    }

    @Test("a damaged layer is an error that names the chain down to it and the place in the file")
    func damaged() throws {
        try overlay("a", over: "b")
        try Data([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 9]).write(
            to: URL(fileURLWithPath: directory.path("b"))
        )
        let error = refusal(of: "a")
        #expect(error?.code == .unsupportedImage)
        #expect(error?.message.contains("\(directory.path("b")): at 0x4:") == true)
        #expect(error?.message.hasPrefix(directory.path("a")) == true)
    }

    @Test("a raw layer whose guest wrote a qcow2 header stays raw where the overlay says so")
    func forgedHeader() throws {
        try QemuImg.create(directory.path("forged"), size: 1 << 20)
        try overlay("top", over: "forged", format: "raw")
        let chain = try ImageChain(top: directory.path("top"))
        #expect(chain.layers[1].format == .raw)
    }

    @Test("a layer known by its first bytes leads no further, unless it is trusted")
    func guessedLayer() throws {
        try QemuImg.create(directory.path("base"), size: 1 << 20)
        try overlay("middle", over: "base")
        try overlay("top", over: "middle")
        try removeBackingFormat(fromImage: directory.path("top"))
        #expect(refusal(of: "top")?.code == .brokenChain)
        let policy = ChainPolicy(trustsProbedFormats: true)
        let chain = try ImageChain(top: directory.path("top"), policy: policy)
        #expect(chain.layers.count == 3)
        #expect(chain.warnings.contains { $0.contains("records no format") })
    }

    @Test("a layer known by its first bytes has no external data file, unless it is trusted")
    func guessedDataFile() throws {
        let data = directory.path("data")
        try QemuImg.create(directory.path("base"), size: 1 << 20, options: ["data_file=\(data)"])
        try overlay("top", over: "base")
        try removeBackingFormat(fromImage: directory.path("top"))
        #expect(refusal(of: "top")?.code == .brokenChain)
        let policy = ChainPolicy(trustsProbedFormats: true)
        #expect(try ImageChain(top: directory.path("top"), policy: policy).layers.count == 2)
    }

    @Test("a guessed layer without references is read, and said")
    func guessedBase() throws {
        try QemuImg.create(directory.path("base"), size: 1 << 20)
        try overlay("top", over: "base")
        try removeBackingFormat(fromImage: directory.path("top"))
        let chain = try ImageChain(top: directory.path("top"))
        #expect(chain.layers.map(\.format) == [.qcow2, .qcow2])
        #expect(chain.warnings.count == 1)
    }

    @Test(
        "another format is never read as raw by guessing",
        arguments: ["KDMV", "COWD", "# Disk DescriptorFile", "vhdxfile", "conectix", "QED\0"]
    )
    func foreign(magic: String) throws {
        let path = directory.path("disk")
        try Data(magic.utf8 + Array(repeating: 0, count: 4096)).write(
            to: URL(fileURLWithPath: path)
        )
        #expect(refusal(of: "disk")?.code == .unsupportedImage)
        #expect(try ImageChain(top: path, format: .raw).diskBytes > 0)
    }

    @Test("a symbolic link to an overlay is followed by its own directory, as QEMU does")
    func symbolicLink() throws {
        try FileManager.default.createDirectory(
            atPath: directory.path("sub"),
            withIntermediateDirectories: false
        )
        try QemuImg.create(directory.path("sub/base"), size: 1 << 20)
        try overlay("sub/top", over: "base")
        try FileManager.default.createSymbolicLink(
            atPath: directory.path("link"),
            withDestinationPath: directory.path("sub/top")
        )
        #expect(throws: (any Error).self) {
            try QemuImg.convert(directory.path("link"), to: directory.path("out"))
        }
        #expect(refusal(of: "link")?.code == .brokenChain)
        #expect(try ImageChain(top: directory.path("sub/top")).layers.count == 2)
    }

    @Test("a directory, a FIFO and a character device are refused without waiting")
    func specialFiles() throws {
        try Command.runSuccessfully("mkfifo", [directory.path("fifo")])
        for path in [directory.path("fifo"), directory.path(""), "/dev/zero"] {
            #expect(throws: CollapseError.self) { _ = try ImageChain(top: path, format: .raw) }
        }
    }

    @Test("a thousand layers open at once, each with one descriptor")
    func thousandLayers() throws {
        let count = 1000
        let top = try LongChain.make(of: count, in: directory)
        let before = try openDescriptors()
        let chain = try ImageChain(top: top)
        let opened = try openDescriptors() - before
        #expect(chain.layers.count == count)
        // Other tests open files meanwhile, so the bound leaves room; two a layer would break it.
        #expect(opened < count + 300)
    }

    private func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
