// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image create")
struct CreateTests {
    private let ours: TemporaryDirectory
    private let theirs: TemporaryDirectory

    init() throws {
        (ours, theirs) = (try TemporaryDirectory(), try TemporaryDirectory())
        for directory in [ours, theirs] {
            try QemuImg.create(directory.path("base"), size: 3 << 20)
            try QemuImg.io(directory.path("base"), ["write -q -P 7 1M 64k"])
            try Data(count: 5000).write(to: URL(fileURLWithPath: directory.path("raw")))
            try FileManager.default.createDirectory(
                atPath: directory.path("folder"),
                withIntermediateDirectories: true
            )
        }
    }

    /// What both say of the new image, and what is in it, but for what it takes on the disk.
    private func expectAlike(_ words: [String]) throws {
        let expected = try Command.run("qemu-img", ["create"] + words, in: theirs.path(""))
        let own = try Command.run(Tool.path(), ["create"] + words, in: ours.path(""))
        #expect(own.status == expected.status, "\(words) \(own.standardError)")
        #expect(own.text == expected.text, "\(words) \(expected.standardError)")
        guard expected.status == 0,
            let name = words.first(where: { $0.hasSuffix("new") })?.replacing("file:", with: "")
        else { return }
        let infos = try [ours, theirs].map { directory in
            try Command.run(
                "qemu-img",
                ["info", "--output=json", name],
                in: directory.path("")
            )
        }
        let lines = infos.map {
            $0.text.split(separator: "\n").filter { !$0.contains("actual-size") }
        }
        #expect(lines[0] == lines[1], "\(words) \(infos[0].standardError)")
        guard !words.contains("-u") else { return }
        let images = [ours, theirs].map { $0.path(name) }
        let format = try ImageFacts(images[0]).format
        try QemuImg.compare(images[0], format: format, images[1], format: format)
        if format == "qcow2" { try QemuImg.check(images[0]) }
    }

    @Test(
        "images are made alike",
        arguments: [
            "new 1M", "new 1.5k", "new 100", "new 0", "-f raw new 1.5G", "-f raw new 0x1000",
            "-f qcow2 new 1M", "-f qcow2 new 1000", "-f qcow2 new 0", "-f qcow2 new 1T",
            "-q -f qcow2 new 1M", "-fqcow2 new 1M", "-f qcow2 folder/new 7M", "-f qcow2 ./new 1M",
            "-f qcow2 -o size=2M new", "-f qcow2 -o size=2M new 1M", "-f qcow2 new",
            "-f qcow2 -o compat=0.10 new 1M", "-f qcow2 -o compat=v2 new 1M",
            "-f qcow2 -o compat=v3,lazy_refcounts=on new 1M",
            "-f qcow2 -o cluster_size=512,refcount_bits=1 new 1M",
            "-f qcow2 -o cluster_size=2M -o refcount_bits=64 new 10G",
            "-f qcow2 -o extended_l2=on,cluster_size=16k new 1M",
            "-f qcow2 -o compression_type=zstd new 1M",
            "-f qcow2 -o preallocation=metadata new 1M",
            "-f qcow2 -o preallocation=metadata new 600M",
            "-f qcow2 -o preallocation=falloc,cluster_size=4k new 3M",
            "-f qcow2 -o preallocation=full,extended_l2=on new 1M",
            "-f raw -o preallocation=falloc new 1M", "-f raw -o preallocation=full new 1M",
            "-f raw -o preallocation=off,nocow=off,extent_size_hint=0 new 1M",
            "-f qcow2 -o preallocation=off,nocow=off,extent_size_hint=0 new 1M",
            "-f qcow2 -b base -F qcow2 new", "-f qcow2 -b base -F qcow2 new 9M",
            "-f qcow2 -b raw -F raw new", "-f qcow2 -b ../base -F qcow2 folder/new",
            "-f qcow2 -o backing_file=base,backing_fmt=qcow2,compat=0.10 new",
            "-f qcow2 -o backing_file=other -b base -F qcow2 new",
            "-f qcow2 -u -b none -F qcow2 new 1M", "-f qcow2 -u -b base -F qcow2 new",
            "-f qcow2 -u -o backing_file=a,,b -F raw new 1M",
            "-f qcow2 -b base -F qcow2 -o preallocation=metadata,extended_l2=on new",
            "-f qcow2 -o refcount_bits=0x10 new +1M", "-f qcow2 -o refcount_bits=010 new 0x100k",
            "-f qcow2 file:new 1M", "-f qcow2 -b base -F qcow2 file:new",
        ]
    )
    func images(line: String) throws {
        try expectAlike(line.split(separator: " ").map(String.init))
    }

    @Test(
        "what is wrong is refused alike, and nothing is left",
        arguments: [
            "", "new", "-f strange new 1M", "-f qcow2 new 1X", "-f qcow2 new -1",
            "-f qcow2 new 1M 2M",
            "-f qcow2 new 8E", "-f qcow2 new 99999999999999999999", "-f qcow2 -b base new",
            "-f qcow2 -b none -F qcow2 new", "-f qcow2 -b none -F qcow2 new 1M",
            "-f qcow2 -b new -F qcow2 new 1M", "-f qcow2 -b base -F strange new",
            "-f qcow2 -o colour=red new 1M", "-f qcow2 -o cluster_size=3k new 1M",
            "-f qcow2 -o cluster_size=4M new 1M", "-f qcow2 -o cluster_size=256 new 1M",
            "-f qcow2 -o refcount_bits=3 new 1M", "-f qcow2 -o compat=0.10,refcount_bits=8 new 1M",
            "-f qcow2 -o lazy_refcounts=maybe new 1M",
            "-f qcow2 -o compat=0.10,lazy_refcounts=on new 1M",
            "-f qcow2 -o compat=0.10,extended_l2=on new 1M",
            "-f qcow2 -o extended_l2=on,cluster_size=4k new 1M",
            "-f raw -o preallocation=metadata new 1M",
            "-f qcow2 -b base -F qcow2 -o preallocation=metadata new",
            "-f raw -o cluster_size=4k new 1M", "-f raw -b base -F qcow2 new 1M",
            "-f qcow2 -o , new 1M", "-f qcow2 -o size=1M, new", "-f qcow2 nowhere/new 1M",
            "-f qcow2 -o refcount_bits=08 new 1M", "-f qcow2 -o refcount_bits=16. new 1M",
            "-f qcow2 -o cluster_size=512 new 1T", "-f qcow2 folder 1M",
        ]
    )
    func failures(line: String) throws {
        try expectAlike(line.split(separator: " ").map(String.init))
        #expect(!FileManager.default.fileExists(atPath: ours.path("new")))
    }

    @Test("a backing format without a backing file is refused", arguments: ["-F", "-o"])
    func formatAlone(option: String) throws {
        let value = option == "-F" ? "qcow2" : "backing_fmt=qcow2"
        let words = ["create", "-f", "qcow2", option, value, "new", "1M"]
        let comparison = try Comparison(words, in: ours.path)
        #expect(comparison.ours.status == comparison.theirs.status, "\(comparison)")
        #expect(comparison.ours.standardError.contains("without backing file"))
    }

    @Test(
        "what is not supported is named",
        arguments: [
            "data_file=other", "encryption=on", "encrypt.format=luks", "nocow=on",
            "extent_size_hint=1M", "compat=0.9", "preallocation=some",
        ]
    )
    func unsupported(option: String) throws {
        let output = try Tool.run("create", "-f", "qcow2", "-o", option, ours.path("new"), "1M")
        #expect(output.status == 1)
        #expect(output.standardError.contains(option.split(separator: "=")[0]))
        #expect(!FileManager.default.fileExists(atPath: ours.path("new")))
    }

    @Test("random options make the same image", arguments: 5001...5030 as ClosedRange<UInt64>)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cluster = 1 << random.int(in: 9...21)
        var options = ["cluster_size=\(cluster)"]
        let isOld = random.chance(25)
        options.append("compat=\(random.pick(isOld ? ["0.10", "v2"] : ["1.1", "v3"]))")
        if random.chance(50) { options.append("refcount_bits=\(1 << random.int(in: 0...6))") }
        if random.chance(25) { options.append("lazy_refcounts=\(random.pick(["on", "off"]))") }
        if random.chance(30) { options.append("extended_l2=\(random.pick(["on", "off"]))") }
        if random.chance(30) {
            options.append("preallocation=\(random.pick(["off", "metadata", "falloc"]))")
        }
        if random.chance(30) {
            options.append("compression_type=\(random.pick(["zlib", "zstd"]))")
        }
        var words = ["-f", "qcow2", "-o", options.joined(separator: ",")]
        if random.chance(40) { words += ["-b", "base", "-F", "qcow2"] }
        words.append("new")
        if random.chance(80) { words.append("\(random.int(in: 0...(8 << 20)))") }
        try expectAlike(words)
    }

    @Test("a file that exists is emptied and keeps what it is")
    func existing() throws {
        let path = ours.path("new")
        try Data(repeating: 1, count: 9 << 20).write(to: URL(fileURLWithPath: path))
        try Command.runSuccessfully("chmod", ["600", path])
        try Command.runSuccessfully("ln", [path, ours.path("second")])
        #expect(try Tool.run("create", "-f", "qcow2", path, "2M").status == 0)
        let mode = try Command.runSuccessfully("stat", ["--format=%a %h", path]).text
        #expect(mode == "600 2\n")
        try QemuImg.check(path)
        #expect(try ImageFacts(path).virtualSize == 2 << 20)
    }

    @Test("an image in use is left alone, and so is a good one when the options are wrong")
    func inUse() throws {
        let path = ours.path("base")
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let wrong = try Tool.run("create", "-f", "qcow2", "-o", "cluster_size=3k", path, "1M")
        #expect(wrong.status == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        let writer = try ImageWriter(path)
        let size = try FileFacts(path).byteCount
        for format in ["raw", "qcow2"] {
            let output = try Tool.run("create", "-f", format, path, "1M")
            #expect(output.status == 1)
            #expect(output.standardError.contains("uses it"))
        }
        #expect(try FileFacts(path).byteCount == size)
        writer.stop()
        try QemuImg.check(path)
    }

    @Test("a layer of the chain below is not overwritten, whatever its name")
    func layers() throws {
        try Command.runSuccessfully("ln", [ours.path("base"), ours.path("same")])
        try QemuImg.create(ours.path("middle"), size: 3 << 20, backing: "same")
        let before = try Data(contentsOf: URL(fileURLWithPath: ours.path("base")))
        for backing in ["same", "middle"] {
            let words = ["create", "-f", "qcow2", "-b", backing, "-F", "qcow2", ours.path("base")]
            let output = try Command.run(Tool.path(), words)
            #expect(output.status == 1)
            #expect(output.standardError.contains("overwrite"))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path("base"))) == before)
    }

    @Test("help names each option", arguments: ["raw", "qcow2"])
    func help(format: String) throws {
        for words in [
            ["create", "-f", format, "-o", "help"], ["measure", "-O", format, "-o", "?"],
        ] {
            let output = try Command.run(Tool.path(), words)
            #expect(output.isSuccess)
            #expect(output.text.hasPrefix("Supported \(format) options:\n"))
            let theirs = try Command.run("qemu-img", ["create", "-f", format, "-o", "help"]).text
            let names = { (text: String) in
                Set(text.matches(of: #/\n  ([a-z_2.-]+)=</#).map { String($0.1) })
            }
            let missing = names(theirs).subtracting(names(output.text))
            #expect(missing.allSatisfy { $0.hasPrefix("encrypt") || $0.hasPrefix("data_file") })
        }
    }
}
