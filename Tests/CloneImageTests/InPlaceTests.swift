// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A chain of three layers whose top is to stand alone.
@Suite("clone-image collapse --in-place")
struct InPlaceTests {
    private let directory: TemporaryDirectory
    private var base: String { directory.path("base.qcow2") }
    private var top: String { directory.path("top.qcow2") }
    private var expected: String { directory.path("expected.raw") }

    init() throws {
        directory = try TemporaryDirectory()
        try QemuImg.create(base, size: 8 << 20, options: ["cluster_size=4k"])
        try QemuImg.io(
            base,
            ["write -q -P 1 0 300k", "write -q -P 0 2M 64k", "write -q -c -P 3 4M 4k"]
        )
        let middle = directory.path("middle.qcow2")
        try QemuImg.create(middle, size: 6 << 20, backing: "base.qcow2")
        try QemuImg.io(middle, ["write -q -P 4 256k 100k", "write -q -z 1M 64k"])
        try make(top)
        try QemuImg.convert(top, to: expected)
    }

    /// A top of subclusters, in which some clusters have a part of theirs.
    private func make(_ path: String, options: [String] = ["extended_l2=on"]) throws {
        try QemuImg.create(path, size: 8 << 20, options: options, backing: "middle.qcow2")
        try QemuImg.io(
            path,
            ["write -q -P 5 100k 10k", "write -q -P 6 7M 200k", "write -q -z 300k 8k"]
        )
    }

    private func collapse(_ words: String...) throws -> Command.Output {
        try Tool.collapse(["--in-place"] + words)
    }

    private func content(of path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }

    private func expectContent(of path: String) throws {
        let copy = directory.path("content.raw")
        try QemuImg.convert(path, to: copy)
        #expect(try filesAreEqual(expected, copy))
        try QemuImg.check(path)
    }

    /// Requires that the image reads as the chain did, without any other file.
    private func expectAlone(_ path: String) throws {
        let facts = try ImageFacts(path)
        #expect(facts.backingFilename == nil)
        // The extension that names the backing file's format.
        let start = try content(of: path).prefix(512)
        #expect(start.firstRange(of: Data([0xe2, 0x79, 0x2a, 0xca])) == nil)
        let aside = directory.path + "-aside"
        try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: aside) }
        try FileManager.default.copyItem(atPath: path, toPath: aside + "/alone")
        try expectContent(of: aside + "/alone")
    }

    private func expectRefusal(
        _ output: Command.Output,
        _ status: Int32,
        _ words: String,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(output.status == status, "\(output)", sourceLocation: location)
        #expect(output.standardError.contains(words), "\(output)", sourceLocation: location)
    }

    @Test("the image needs no other file any more, and the report says what was copied")
    func collapse() throws {
        let output = try collapse(top, "--json")
        #expect(output.isSuccess, "\(output)")
        let report = try output.decoded(as: Report.self)
        #expect(report.target.path == top)
        #expect(report.writtenBytes > 0 && report.writtenBytes < 2 << 20)
        try expectAlone(top)
        let again = try collapse(top)
        #expect(again.status == 0 && again.standardError.contains("nothing lies below it"))
        try expectAlone(top)
    }

    @Test(
        "kinds of images",
        arguments: [
            "cluster_size=512,compat=0.10", "cluster_size=2M,refcount_bits=64", "refcount_bits=1",
            "refcount_bits=2,cluster_size=512", "lazy_refcounts=on", "compression_type=zstd",
        ]
    )
    func kinds(options: String) throws {
        let path = directory.path("kind.qcow2")
        try make(path, options: [options])
        try QemuImg.io(path, ["write -q -c -P 9 2M 2M"])
        try QemuImg.convert(path, to: expected)
        #expect(try collapse(path).isSuccess)
        try expectAlone(path)
    }

    @Test("what somebody has left behind the image's end never shows")
    func tail() throws {
        let path = directory.path("tail.qcow2")
        try make(path, options: ["cluster_size=64k"])
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(repeating: 0xaa, count: 4 << 20))
        try file.close()
        #expect(try collapse(path).isSuccess)
        try expectAlone(path)
    }

    @Test("an empty overlay over 1 TiB is a matter of tables")
    func empty() throws {
        let path = directory.path("empty.qcow2")
        try QemuImg.create(path, size: 1 << 40, backing: "middle.qcow2")
        let output = try collapse(path, "--json")
        #expect(output.isSuccess, "\(output)")
        #expect(try output.decoded(as: Report.self).seconds < 5)
        try QemuImg.check(path)
        #expect(try FileFacts(path).byteCount < 4 << 20)
    }

    @Test("persistent bitmaps stay what they are")
    func bitmaps() throws {
        try Command.runSuccessfully("qemu-img", ["bitmap", "--add", "-g", "64k", top, "dirty"])
        try QemuImg.io(top, ["write -q -P 8 5M 64k"])
        try QemuImg.convert(top, to: expected)
        let before = try Command.runSuccessfully("qemu-img", ["info", "--output=json", top]).text
        #expect(before.contains("\"dirty\""))
        #expect(try collapse(top).status == 0)
        let after = try Command.runSuccessfully("qemu-img", ["info", "--output=json", top]).text
        #expect(after.contains("\"dirty\"") && !after.contains("in-use"))
        try QemuImg.check(top)
        let copy = directory.path("content.raw")
        try QemuImg.convert(top, to: copy)
        #expect(try filesAreEqual(expected, copy))
    }

    @Test(
        "what cannot be done is refused by one sentence, and nothing is changed",
        arguments: [
            (
                "snapshot -c one", 2,
                "the image has internal snapshots, which read from the backing file"
            ),
            ("dirty", 2, "the image was not closed cleanly"),
            ("corrupt", 2, "the image is marked corrupt"),
            ("refcount", 2, "the image's tables contradict each other, and are not touched"),
            ("copied", 2, "the image's tables contradict each other, and are not touched"),
        ] as [(String, Int32, String)]
    )
    func refusals(defect: String, status: Int32, words: String) throws {
        if defect.hasPrefix("snapshot") {
            try QemuImg.snapshot("one", of: top)
        } else {
            var damage = try ImageDamage(top)
            switch defect {
            case "dirty": damage.set(72, to: damage.word(72) | 1)
            case "corrupt": damage.set(72, to: damage.word(72) | 2)
            case "refcount": damage.addToRefcount(of: damage.clusterCount - 1, -1)
            default: damage.set(damage.l2Places[0], to: damage.word(damage.l2Places[0]) ^ 1 << 63)
            }
            try damage.save()
        }
        let before = try content(of: top)
        expectRefusal(try collapse(top), status, words)
        #expect(try content(of: top) == before)
    }

    @Test("an image with a data file and a raw one are refused")
    func kindsThatCannot() throws {
        let path = directory.path("data.qcow2")
        let option = "data_file=\(directory.path("data.raw"))"
        try QemuImg.create(path, size: 8 << 20, options: [option], backing: "middle.qcow2")
        let output = try collapse(path, "--allow-backing=any-local")
        expectRefusal(output, 2, "the image keeps its data in another file")
        expectRefusal(try collapse(expected), 64, "a raw image has nothing below it")
        expectRefusal(try collapse(directory.path("none")), 2, "No such file")
    }

    @Test(
        "options that say otherwise are refused by name",
        arguments: [
            "--resume", "--digest", "--verify", "--snapshot=a", "--base=base.qcow2",
            "--force-share",
            "--salvage", "--cache=unsafe", "--force", "--format=raw", "--compress",
            "--cluster-size=4k",
            "--preallocation=full", "--option=compat=1.1",
        ]
    )
    func options(option: String) throws {
        let output = try collapse(top, option)
        let name = option.split(separator: "=")[0]
        expectRefusal(output, 64, String(name))
        #expect(try ImageFacts(top).backingFilename == "middle.qcow2")
        #expect(try Tool.collapse("--in-place", top, expected).status == 64)
        #expect(try Tool.collapse(top).status == 64)
    }

    @Test("an image that anybody has open is refused, whatever for")
    func locks() throws {
        let before = try content(of: top)
        let daemon = try StorageDaemon()
        try daemon.open(top, as: "writer")
        expectRefusal(try collapse(top), 4, "a running VM or another program has the image open")
        try daemon.close("writer")
        let overlay = directory.path("overlay.qcow2")
        try QemuImg.create(overlay, size: 8 << 20, backing: "top.qcow2")
        try daemon.open(overlay, as: "reader")
        expectRefusal(try collapse(top), 4, "a running VM or another program has the image open")
        try daemon.close("reader")
        #expect(try content(of: top) == before)
        try daemon.open(base, as: "below")
        expectRefusal(try collapse(top), 4, "base.qcow2: this layer is live")
        #expect(try content(of: top) == before)
    }

    @Test("on a device, what does not fit is refused, and what fits is done")
    func device() throws {
        try QemuImg.io(base, ["write -q -P 7 5M 1000k"])
        for (megabytes, fits) in [(1, false), (16, true)] {
            let device = try LoopDevice(byteCount: megabytes << 20)
            let backing = ["-u", "-b", directory.path("middle.qcow2"), "-F", "qcow2"]
            let words = ["create", "-q", "-f", "qcow2"] + backing + [device.path, "8M"]
            try Command.runSuccessfully("qemu-img", words)
            try QemuImg.io(device.path, ["write -q -P 5 100k 10k", "write -q -P 6 7M 200k"])
            try QemuImg.convert(device.path, to: expected)
            let output = try collapse(device.path, "--allow-backing=any-local", "--no-space-check")
            #expect(output.status == (fits ? 0 : 1), "\(output)")
            try expectContent(of: device.path)
            let facts = try ImageFacts(device.path)
            #expect((facts.backingFilename == nil) == fits)
            guard !fits else { continue }
            let refused = try collapse(device.path, "--allow-backing=any-local")
            #expect(refused.status == 3 && refused.standardError.contains("would take up to"))
        }
    }

    @Test("rebase -b \"\" is the same, under the name qemu-img as well")
    func rebase() throws {
        let link = directory.path("qemu-img")
        try FileManager.default.createSymbolicLink(
            atPath: link,
            withDestinationPath: try Tool.path()
        )
        for words in [["-b", "base.qcow2"], ["-U", "-b", ""], []] {
            #expect(try Command.run(link, ["rebase"] + words + [top]).status == 1)
        }
        let options = ["-p", "-f", "qcow2", "-F", "qcow2", "-t", "none", "-T", "none"]
        let output = try Command.run(link, ["rebase"] + options + ["-b", "", top])
        #expect(output.isSuccess && output.text.hasSuffix("(100.00/100%)\r\n"), "\(output)")
        try expectAlone(top)
    }
}

/// A collapse in place that does not come to its end.
@Suite("clone-image collapse --in-place, interrupted")
struct InterruptedInPlaceTests {
    private let directory: TemporaryDirectory
    private let faults: FaultyCalls
    private var original: String { directory.path("original.qcow2") }
    private var complete: String { directory.path("complete.qcow2") }
    private var expected: String { directory.path("expected.raw") }

    /// A top that has tables of its own, and what it becomes.
    init() throws {
        directory = try TemporaryDirectory()
        faults = try FaultyCalls()
        try QemuImg.create(directory.path("base.qcow2"), size: 16 << 20)
        try QemuImg.io(
            directory.path("base.qcow2"),
            ["write -q -P 1 1M 3M", "write -q -P 2 12M 1M"]
        )
        let options = ["extended_l2=on", "cluster_size=16k"]
        try QemuImg.create(original, size: 16 << 20, options: options, backing: "base.qcow2")
        try QemuImg.io(original, ["write -q -P 3 1M 4k", "write -q -P 4 9M 100k"])
        try QemuImg.convert(original, to: expected)
        try FileManager.default.copyItem(atPath: original, toPath: complete)
        #expect(try Tool.collapse("--in-place", complete).isSuccess)
    }

    private func run(_ path: String, _ fault: FaultyCalls.Fault) throws -> Command.Output {
        try faults.run(Tool.path(), ["collapse", "--in-place", "--threads=1", path], fault)
    }

    /// Requires that the image reads as it must and has lost no cluster.
    private func expectSound(_ path: String, _ what: String) throws {
        let copy = directory.path("copy.raw")
        try QemuImg.convert(path, to: copy)
        #expect(try filesAreEqual(expected, copy), "\(what)")
        #expect(throws: Never.self, "\(what)") { try QemuImg.check(path) }
    }

    /// Interrupts the work at each call of a name in turn, until it comes to its end.
    private func interrupt(
        at call: String,
        _ fault: (Int) -> FaultyCalls.Fault,
        _ judge: (_ path: String, _ what: String) throws -> Void
    ) throws -> Int {
        var number = 0
        while true {
            let path = directory.path("\(call)-\(number).qcow2")
            try FileManager.default.copyItem(atPath: original, toPath: path)
            defer { try? FileManager.default.removeItem(atPath: path) }
            if try run(path, fault(number)).status == 0 { return number }
            let what = "\(call) \(number)"
            try expectSound(path, what)
            try judge(path, what)
            number += 1
        }
    }

    @Test(
        "whichever call fails, the image is what it was, or complete",
        arguments: [("pread", 5), ("pwrite", 28), ("pwrite", 5), ("fsync", 5)] as [(String, Int32)],
        [true, false]
    )
    func errors(of call: (name: String, errno: Int32), isLasting: Bool) throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: original))
        let count = try interrupt(at: call.name) { number in
            .error(call: call.name, number: number, errno: call.errno, isLasting: isLasting)
        } _: { path, what in
            let isComplete = try filesAreEqual(path, complete)
            // Nobody knows what a flush that failed after the header has left.
            #expect(!isComplete || call.name == "fsync", "\(what)")
            guard !isComplete else { return }
            let now = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(now.prefix(before.count) == before, "\(what)")
            // Where even the header failed, nobody knows what it is on the disk, and nothing is cut.
            #expect(now.count == before.count || call.name == "pwrite", "\(what)")
        }
        #expect(count > 0, "the call was never made")
    }

    @Test(
        "whenever it is killed, the image is whole, and the next run makes the same of it",
        arguments: ["pwrite", "fsync"]
    )
    func kills(call: String) throws {
        var (old, new) = (0, 0)
        let count = try interrupt(at: call) {
            .kill(call: call, number: $0)
        } _: { path, what in
            if try ImageFacts(path).backingFilename == nil { new += 1 } else { old += 1 }
            #expect(try Tool.collapse("--in-place", "--threads=1", path).status == 0)
            #expect(try filesAreEqual(path, complete), "\(what)")
        }
        #expect(count == old + new && old > 0)
        #expect(new == (call == "fsync" ? 1 : 0))
    }

    @Test("the header is written alone, after everything else is on the disk")
    func order() throws {
        let log = directory.path("log")
        let end = try FileFacts(original).byteCount
        #expect(try run(original, .none(log: log)).status == 0)
        let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("pread") }
            .map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        let header = try #require(calls.firstIndex { $0.hasPrefix("pwrite 0 ") })
        #expect(calls[header] == "pwrite 0 512")
        #expect(calls[header...].dropFirst() == ["fsync 0 0"])
        #expect(calls[header - 1] == "fsync 0 0")
        let places = calls[..<header].filter { $0.hasPrefix("pwrite") }.map {
            $0.split(separator: " ")[1]
        }
        #expect(!places.isEmpty && places.allSatisfy { UInt64($0) ?? 0 >= end })
    }
}
