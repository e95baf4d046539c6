// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image compare")
struct CompareTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Runs both programs, which must exit and speak alike.
    private func expectAlike(_ words: [String], _ comment: String = "") throws {
        let expected = try Command.run("qemu-img", ["compare"] + words)
        for threads in ["1", "3"] {
            let tool = try Tool.path()
            let own = try Command.run(
                tool,
                ["compare"] + words + ["--threads", threads, "--trust-probed"]
            )
            #expect(own.status == expected.status, "\(words) \(comment) \(own.standardError)")
            #expect(own.text == expected.text, "\(words) \(comment)")
        }
    }

    @Test("random chains compare as with qemu-img", arguments: 1...40 as ClosedRange<UInt64>)
    func chains(seed: UInt64) throws {
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        guard chain.snapshotName == nil else { return }
        var random = SeededGenerator(seed: seed)
        let copy = directory.path("copy")
        let format = random.pick(["raw", "qcow2"])
        try QemuImg.convert(chain.topPath, from: chain.topFormat, to: copy, format: format)
        let bytes = try Int(ImageFacts(copy).virtualSize)
        let words = ["-f", chain.topFormat, "-F", format, chain.topPath, copy]
        let recipe = "\(chain.recipe)"
        try expectAlike(words, recipe)
        guard bytes >= 512 else { return }
        for _ in 0..<2 {
            let place = random.int(in: 0...(bytes / 512 - 1)) * 512
            let byte = random.int(in: 0...255)
            try QemuImg.io(copy, ["write -q -P \(byte) \(place) 512"], format: format)
            try expectAlike(words, recipe)
        }
        try Command.runSuccessfully(
            "qemu-img",
            ["resize", "-q", "-f", format, copy, "+\(random.int(in: 1...4096) * 512)"]
        )
        try expectAlike(words, recipe)
        try expectAlike(["-F", chain.topFormat, "-f", format, copy, chain.topPath, "-s"], recipe)
    }

    @Test("sizes, zeros and allocation are told as qemu-img tells them")
    func words() throws {
        let path = { (name: String) in directory.path(name) }
        for (name, size) in [("empty", 4), ("data", 4), ("long", 6), ("tail", 6), ("zero", 4)] {
            try QemuImg.create(path(name), size: size << 20)
        }
        try QemuImg.create(path("written"), size: 4 << 20)
        try QemuImg.io(path("data"), ["write -q -P 1 1M 1k"])
        try QemuImg.io(path("tail"), ["write -q -P 1 5M 1k"])
        try QemuImg.io(path("zero"), ["write -q -z 1M 64k"])
        try QemuImg.io(path("written"), ["write -q -P 0 1M 64k"])
        try QemuImg.create(path("overlay"), size: 4 << 20, backing: path("data"))
        let names = ["empty", "data", "long", "tail", "zero", "written", "overlay"]
        for first in names {
            for second in names { try expectAlike([path(first), path(second)]) }
        }
        for pair in [
            ("empty", "empty"), ("overlay", "data"), ("zero", "written"), ("written", "data"),
            ("empty", "long"), ("tail", "empty"),
        ] { try expectAlike(["-s", path(pair.0), path(pair.1)]) }
        try expectAlike(["-q", path("empty"), path("data")])
        try expectAlike(["-U", path("overlay"), path("data")])
        try expectAlike(["-f", "raw", path("empty"), path("empty")])
    }

    @Test("names, formats and cache modes are taken as qemu-img takes them")
    func arguments() throws {
        let (a, b) = (directory.path("a"), directory.path("b"))
        try QemuImg.create(a, size: 1 << 20)
        try QemuImg.create(b, format: "raw", size: 1 << 20)
        let json = #"json:{"driver": "qcow2", "file": {"driver": "file", "filename": "\#(a)"}}"#
        for words in [
            ["file:\(a)", b], [b, "file:\(a)"], [json, b], [a, json], ["-fqcow2", "file:\(a)", b],
            ["-T", "none", a, b], ["-Tdirectsync", a, b], ["-T", "bogus", a, b],
            ["-F", "vmdk", a, b],
            ["-f", "vmdk", a, b], ["-f", "bogus", a, b], ["-spq", a, b], ["file:none", b],
        ] { try expectAlike(words) }
        let device = try LoopDevice(byteCount: 1 << 20)
        try expectAlike(["host_device:\(device.path)", a])
    }

    @Test("a strict comparison names the first cluster that is allocated otherwise")
    func allocation() throws {
        let (first, second) = (directory.path("first"), directory.path("second"))
        for path in [first, second] { try QemuImg.create(path, size: 64 << 20) }
        try QemuImg.io(second, ["write -q -z 33M 64k", "write -q -P 0 50M 64k"])
        for threads in ["1", "2", "5"] {
            let output = try Tool.run("compare", "-s", first, second, "--threads", threads)
            #expect(output.status == 1)
            #expect(output.text == "Strict mode: Offset 34603008 block status mismatch!\n")
        }
        #expect(try Tool.run("compare", first, second).status == 0)
    }

    @Test("what cannot be opened, mapped or read has its exit code")
    func failures() throws {
        let (good, bad) = (directory.path("good"), directory.path("bad"))
        try QemuImg.create(good, size: 4 << 20)
        try expectStatus(2, [good, directory.path("none")])
        try expectStatus(2, ["-f", "qcow2", "/etc/hostname", good])
        try expectStatus(64, [good])
        try expectStatus(2, ["json:{}", good])
        try QemuImg.create(bad, size: 4 << 20)
        try QemuImg.io(bad, ["write -q -P 1 0 64k", "write -q -P 2 1M 64k"])
        try Command.runSuccessfully("truncate", ["--size=-64k", bad])
        try expectStatus(3, [good, bad], "\(bad): ")
        let packed = directory.path("packed")
        try QemuImg.create(packed, size: 4 << 20)
        try QemuImg.io(packed, ["write -q -c -P 1 1M 64k"])
        let place = try FileFacts(packed).byteCount / 65_536 * 65_536
        try Command.runSuccessfully(
            "dd",
            [
                "if=/dev/urandom", "of=\(packed)", "bs=64", "count=1", "seek=\(place / 64)",
                "conv=notrunc", "status=none",
            ]
        )
        try expectStatus(4, [good, packed], "\(packed): ")
    }

    private func expectStatus(_ status: Int32, _ words: [String], _ message: String = "") throws {
        let output = try Command.run(Tool.path(), ["compare"] + words)
        #expect(output.status == status, "\(words): \(output.text) \(output.standardError)")
        #expect(output.standardError.contains(message) || message.isEmpty)
        #expect(output.text.isEmpty)
    }
}
