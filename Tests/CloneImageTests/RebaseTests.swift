// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Another name for what is below, in the image's header alone.
@Suite("clone-image rebase -u")
struct RebaseTests {
    private let directory: TemporaryDirectory
    private var original: String { directory.path("original.qcow2") }

    init() throws {
        directory = try TemporaryDirectory()
        try QemuImg.create(directory.path("base.qcow2"), size: 8 << 20)
        try QemuImg.create(original, size: 8 << 20, backing: "base.qcow2")
        try QemuImg.io(original, ["write -q -P 3 1M 100k"])
    }

    /// A copy of the original, on which qemu-img or ours is set.
    private func copy(_ name: String) throws -> String {
        let path = directory.path(name)
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: original, toPath: path)
        return path
    }

    /// What `qemu-img` says of an image, without its name and its place on the disk.
    private func facts(_ path: String) throws -> [Substring] {
        try Command.runSuccessfully("qemu-img", ["info", path]).text.split(separator: "\n").filter {
            !$0.hasPrefix("image:") && !$0.hasPrefix("disk size:")
        }
    }

    /// What an image holds behind its header, from the second cluster on.
    private func body(_ path: String, from offset: Int) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(offset)
    }

    /// Gives both programs the same words in front of an image, and requires that both do the same.
    private func compare(_ words: [String], clusterBytes: Int = 65_536) throws {
        let (theirs, ours) = (try copy("theirs.qcow2"), try copy("ours.qcow2"))
        let before = try body(original, from: clusterBytes)
        let their = try Command.run("qemu-img", ["rebase"] + words + [theirs])
        let our = try Tool.run(["rebase"] + words + [ours])
        #expect(our.status == their.status, "\(words): \(their) \(our)")
        if their.status == 0 { #expect(our.text == their.text, "\(words)") }
        #expect(try facts(ours) == facts(theirs), "\(words)")
        #expect(try body(ours, from: clusterBytes) == before, "\(words)")
        try Command.runSuccessfully("qemu-img", ["rebase", "-u", "-b", "", ours])
        try QemuImg.check(ours)
    }

    private static let words: [[String]] = [
        ["-u", "-b", "gone.qcow2", "-F", "qcow2"], ["-u", "-b", "base.raw", "-F", "raw"],
        ["-p", "-u", "-b", "/a/directory/with a space/ä", "-F", "qcow2"],
        ["-u", "-U", "-b", "json:{\"driver\":\"raw\"}", "-F", "raw"], ["-u"], ["-u", "-b", ""],
        ["-u", "-b", "", "-F", "raw"], ["-u", "-F", "raw"],
        ["-f", "qcow2", "-t", "none", "-T", "none", "-q", "-p", "-u", "-b", "a", "-F", "qcow2"],
        ["-u", "-b", String(repeating: "n", count: 1023), "-F", "qcow2"],
        // Errors.
        ["-u", "-b", String(repeating: "n", count: 1024), "-F", "qcow2"],
        ["-u", "-b", "base.raw"], ["-u", "-b", "a", "-F", "none"], ["-u", "-f", "raw", "-b", ""],
        ["-b", "base.qcow2"], [],
    ]

    @Test("the header says what qemu-img makes it say, and nothing else changes")
    func words() throws {
        for words in Self.words { try compare(words) }
    }

    @Test(
        "images of every kind take it",
        arguments: [
            "compat=0.10", "extended_l2=on", "compression_type=zstd", "cluster_size=4k",
            "refcount_bits=64", "lazy_refcounts=on", "data_file=DATA",
        ],
        [true, false]
    )
    func kinds(option: String, hasBacking: Bool) throws {
        let option = option.replacingOccurrences(of: "DATA", with: directory.path("data"))
        let backing = hasBacking ? "base.qcow2" : nil
        try QemuImg.create(original, size: 8 << 20, options: [option], backing: backing)
        if !option.hasPrefix("compat") {
            try Command.runSuccessfully("qemu-img", ["bitmap", "--add", original, "dirty"])
        }
        for words in Self.words.prefix(7) {
            try compare(words, clusterBytes: option == "cluster_size=4k" ? 4096 : 65_536)
        }
    }

    @Test("many names, one after the other, find room in the header")
    func again() throws {
        let path = try copy("ours.qcow2")
        for (number, length) in [10, 1000, 300, 1000, 1, 1023, 1023, 5].enumerated() {
            let name = String(repeating: "\(number)", count: length)
            let output = try Tool.run("rebase", "-u", "-b", name, "-F", "raw", path)
            #expect(output.isSuccess, "\(output)")
            #expect(try ImageFacts(path).backingFilename == name)
        }
    }

    @Test("names that the header has no room for are an error, and nothing is changed")
    func room() throws {
        try QemuImg.create(original, size: 1 << 20, options: ["cluster_size=512"])
        let path = try copy("ours.qcow2")
        let name = String(repeating: "n", count: 400)
        let output = try Tool.run("rebase", "-u", "-b", name, "-F", "raw", path)
        #expect(output.status == 1)
        #expect(output.standardError.contains("the header has no room"))
        #expect(try filesAreEqual(path, original))
        #expect(try Tool.run("rebase", "-u", "-b", "short", "-F", "raw", path).isSuccess)
        #expect(try ImageFacts(path).backingFilename == "short")
    }

    @Test("an image that is open, or marked corrupt, or has a raw data file, is left alone")
    func refusals() throws {
        let daemon = try StorageDaemon()
        let image = original
        try daemon.open(image, as: "image")
        let words = ["rebase", "-u", "-b", "a", "-F", "raw"]
        let output = try Tool.run(words + [image])
        #expect(output.status == 1 && output.standardError.contains("uses it"), "\(output)")
        try daemon.close("image")
        var damage = try ImageDamage(image)
        damage.set(72, to: damage.word(72) | 2)
        try damage.save()
        #expect(try Tool.run(words + [image]).standardError.contains("marked corrupt"))
        let data = directory.path("data.qcow2")
        let options = ["data_file=\(directory.path("raw"))", "data_file_raw=on"]
        try QemuImg.create(data, size: 1 << 20, options: options)
        #expect(try Tool.run(words + [data]).standardError.contains("nothing can be below it"))
        #expect(try ImageFacts(image).backingFilename == "base.qcow2")
    }

    @Test(
        "whichever call fails or kills it, the image names the old file or the new one",
        arguments: ["pwrite", "fsync"],
        ["new.raw", String(repeating: "n", count: 1000)]
    )
    func faults(call: String, name: String) throws {
        let faults = try FaultyCalls()
        let words = ["rebase", "-u", "-b", name, "-F", "raw"]
        var names: Set<String> = []
        for kills in [true, false] {
            for number in 0..<10 {
                let path = try copy("ours.qcow2")
                let fault: FaultyCalls.Fault =
                    kills
                    ? .kill(call: call, number: number)
                    : .error(call: call, number: number, errno: 5, isLasting: false)
                let output = try faults.run(Tool.path(), words + [path], fault)
                let facts = try ImageFacts(path)
                let pair = [facts.backingFilename, facts.backingFormat]
                #expect(pair == ["base.qcow2", "qcow2"] || pair == [name, "raw"])
                names.insert(facts.backingFilename ?? "")
                #expect(try body(path, from: 65_536) == body(original, from: 65_536))
                if output.status == 0 { break }
                #expect(number < 9, "it never ended")
            }
        }
        #expect(names == ["base.qcow2", name])
    }

    @Test("what is not built says so, and what there is instead")
    func notBuilt() throws {
        let rebase = try Tool.run("rebase", "-b", "base.qcow2", "-F", "qcow2", original)
        #expect(rebase.status == 1 && rebase.standardError.contains("without -u is not built"))
        let commit = try Tool.run("commit", original)
        #expect(commit.status == 1 && commit.standardError.contains("collapse --base"))
        #expect(try ImageFacts(original).backingFilename == "base.qcow2")
    }
}
