// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// One conversion by `qemu-img`, and the same by ours, into files beside each other.
struct Conversion {
    let theirs: String
    let ours: String
    let format: String
    private let description: String

    /// Runs both; each must succeed.
    init(
        _ words: [String],
        to format: String,
        in directory: TemporaryDirectory,
        _ comment: String = ""
    ) throws {
        (theirs, ours) = (directory.path("theirs"), directory.path("ours"))
        self.format = format
        description = "convert \(words.joined(separator: " "))\n\(comment)"
        for path in [theirs, ours] where !words.contains("-n") {
            try? FileManager.default.removeItem(atPath: path)
        }
        let all = ["convert", "-O", format] + words
        try Command.runSuccessfully("qemu-img", all + [theirs], in: directory.path)
        let own = try Command.run(
            Tool.path(),
            all + ["--trust-probed", "-q", ours],
            in: directory.path
        )
        #expect(own.isSuccess, "\(own.standardError)\(description)")
    }

    /// Both are sound, read the same, and say the same of themselves.
    func expectAlike() throws {
        try QemuImg.compare(theirs, format: format, ours, format: format)
        if format == "qcow2" { try QemuImg.check(ours) }
        #expect(try facts(of: ours) == facts(of: theirs), "\(description)")
    }

    /// What both say of themselves, but for names and sizes on the disk.
    private func facts(of path: String) throws -> String {
        let words = ["info", "-f", format, "--output=json", path]
        let text = try Command.runSuccessfully("qemu-img", words).text
        let differing = ["\"filename\"", "\"actual-size\""]
        return text.split(separator: "\n").filter { line in
            !differing.contains { line.contains($0) }
        }.joined(separator: "\n")
    }
}

@Suite("clone-image convert")
struct ConvertTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func path(_ name: String) -> String { directory.path(name) }

    /// What a target may be asked to be.
    private static let targets: [(format: String, words: [String])] = [
        ("raw", []), ("qcow2", []), ("raw", ["-S", "64k", "-W"]), ("qcow2", ["-c"]),
        ("raw", ["-o", "preallocation=falloc"]), ("qcow2", ["-o", "compat=0.10"]),
        ("raw", ["-S", "0"]), ("qcow2", ["-o", "cluster_size=4k,refcount_bits=1"]),
        ("raw", ["-t", "writeback", "-T", "none"]), ("qcow2", ["-S", "0", "-m", "2"]),
        ("qcow2", ["-c", "-o", "compression_type=zstd,cluster_size=512"]),
        ("qcow2", ["-o", "extended_l2=on", "-o", "lazy_refcounts=on,cluster_size=2M"]),
        ("qcow2", ["-o", "preallocation=metadata,lazy_refcounts"]),
        ("qcow2", ["-c", "-o", "refcount_bits=64", "-r", "1G"]),
        ("raw", ["-C"]), ("qcow2", ["-o", "preallocation=full,cluster_size=16k"]),
    ]

    @Test("random chains become the same", arguments: 2001...2024 as ClosedRange<UInt64>)
    func chains(seed: UInt64) throws {
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        let (format, words) = Self.targets[Int(seed) % Self.targets.count]
        // The original reads a snapshot of another size wrong, so its size has not changed.
        let snapshot = chain.snapshotName.map { ["-l", $0] } ?? []
        let source = ["-f", chain.topFormat] + snapshot + [chain.topPath]
        let conversion = try Conversion(
            words + source,
            to: format,
            in: directory,
            "\(chain.recipe)"
        )
        try conversion.expectAlike()
    }

    @Test("what a target keeps below it", arguments: 2101...2104 as ClosedRange<UInt64>)
    func backing(seed: UInt64) throws {
        let below = path("below")
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        let size = "\(try ImageFacts(chain.topPath).virtualSize)"
        let top = path("overlay")
        try Command.runSuccessfully(
            "qemu-img",
            ["create", "-q", "-f", "qcow2", "-F", chain.topFormat, "-b", chain.topPath, top, size]
        )
        try QemuImg.io(top, ["write -q -P 7 0 4k", "write -q -z 8k 16k"])
        let options = seed % 2 == 0 ? [] : ["-o", "cluster_size=4k"]
        // The image that is below, and a copy of it.
        let words = options + ["-f", "qcow2", "-F", chain.topFormat, "-B"]
        let same = try Conversion(words + [chain.topPath, top], to: "qcow2", in: directory)
        try same.expectAlike()
        try QemuImg.compare(top, format: "qcow2", same.ours, format: "qcow2")
        try QemuImg.convert(chain.topPath, from: chain.topFormat, to: below)
        let copy = options + ["-o", "backing_file=below,backing_fmt=raw", "-f", "qcow2", top]
        let other = try Conversion(copy, to: "qcow2", in: directory)
        try other.expectAlike()
        try QemuImg.compare(top, format: "qcow2", other.ours, format: "qcow2")
    }

    @Test("a lower layer stays below, and so does what has nothing to do with the source")
    func otherBacking() throws {
        for (name, below) in [("a", nil), ("b", "a"), ("c", "b")] {
            try QemuImg.create(path(name), size: 1 << 20, backing: below)
        }
        try QemuImg.io(path("a"), ["write -q -P 1 0 1M"])
        try QemuImg.io(path("b"), ["write -q -P 2 64k 128k", "write -q -z 512k 64k"])
        try QemuImg.io(path("c"), ["write -q -P 3 128k 128k"])
        try QemuImg.create(path("alone"), size: 1 << 20)
        try QemuImg.io(path("alone"), ["write -q -P 4 256k 64k"])
        for (source, backing) in [("c", "a"), ("alone", "a"), ("alone", "alone"), ("c", "c")] {
            let words = ["convert", "-O", "qcow2", "-F", "qcow2", "-B", backing, source, "new"]
            let output = try Command.run(Tool.path(), words, in: directory.path)
            #expect(output.isSuccess, "\(output.standardError)")
            try QemuImg.compare(path(source), format: "qcow2", path("new"), format: "qcow2")
            try QemuImg.check(path("new"))
            #expect(try ImageFacts(path("new")).backingFilename == backing)
        }
        // What cannot have the content of the image below is no copy of it.
        try QemuImg.create(path("short"), size: 1 << 19)
        for words in [["-F", "qcow2", "-B", "short"], ["-F", "raw", "-B", "b"], ["-B", "b"]] {
            let all = ["convert", "-O", "qcow2"] + words + ["c", "bad"]
            let output = try Command.run(Tool.path(), all, in: directory.path)
            #expect(output.status == 1 && !output.standardError.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path("bad")))
        }
    }

    @Test("disks are put one behind the other", arguments: 2201...2206 as ClosedRange<UInt64>)
    func joined(seed: UInt64) throws {
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        let size = random.int(in: 1...5000) * 512
        try QemuImg.create(path("second"), size: size, options: ["cluster_size=512"])
        let place = random.int(in: 0...(size / 512 - 1)) * 512
        try QemuImg.io(path("second"), ["write -q -P 9 \(place) 512"])
        let format = random.pick(["raw", "qcow2"])
        guard chain.topFormat == "qcow2" else { return }
        let words = random.pick([[], ["-c"], ["-W"]]).filter { $0 != "-c" || format == "qcow2" }
        let sources = [path("second"), chain.topPath, path("second"), path("second")]
        let conversion = try Conversion(
            words + ["-f", "qcow2"] + sources,
            to: format,
            in: directory
        )
        try conversion.expectAlike()
    }

    @Test("disks that together are larger than any file are an error", arguments: ["raw", "qcow2"])
    func endless(format: String) throws {
        try QemuImg.create(path("a"), size: 512 << 50, options: ["cluster_size=2M"])
        try QemuImg.create(path("old"), size: 1 << 20)
        let sources = Array(repeating: path("a"), count: 33)
        let words = ["convert", "-n", "-O", format] + sources + [path("old")]
        let output = try Command.run(Tool.path(), words)
        #expect(output.status == 1, "\(output.standardError)")
        #expect(output.standardError.contains(format == "raw" ? "more than" : "same size"))
    }

    @Test("damage in one of several disks is an error, and is counted by salvage")
    func joinedDamage() throws {
        try QemuImg.create(path("a"), size: 1 << 20)
        try QemuImg.io(path("a"), ["write -q -P 1 0 1M"])
        try Command.runSuccessfully("truncate", ["--size=-256k", path("a")])
        let words = ["convert", "-O", "raw", path("a"), path("a"), path("new")]
        let output = try Command.run(Tool.path(), words)
        #expect(output.status == 1 && output.standardError.contains("beyond the end of the file"))
        let salvaged = try Command.run(Tool.path(), words + ["--salvage"])
        #expect(salvaged.status == 0)
        #expect(salvaged.standardError.contains("warning: 524288 bytes could not be read"))
    }

    @Test(
        "a raw target that exists is filled",
        arguments: [[], ["-W"], ["-S", "0"], ["-t", "none"], ["-T", "none", "-t", "writeback"]]
    )
    func filled(words: [String]) throws {
        try QemuImg.create(path("a"), size: 1 << 20)
        try QemuImg.io(path("a"), ["write -q -P 1 64k 100k", "write -q -P 2 512k 64k"])
        for name in ["theirs", "ours"] {
            try Data(repeating: 0xee, count: 3 << 20).write(to: URL(fileURLWithPath: path(name)))
        }
        let inode = try Command.runSuccessfully("stat", ["--format=%i", path("ours")]).text
        _ = try Conversion(["-n"] + words + [path("a")], to: "raw", in: directory)
        #expect(try filesAreEqual(path("theirs"), path("ours")))
        #expect(try Command.runSuccessfully("stat", ["--format=%i", path("ours")]).text == inode)
        // What is too short is left as it is.
        try Data(repeating: 0xee, count: 1000).write(to: URL(fileURLWithPath: path("ours")))
        let arguments = ["convert", "-n", "-O", "raw"] + words + [path("a"), path("ours")]
        #expect(try Command.run(Tool.path(), arguments).status == 1)
        let content = try Data(contentsOf: URL(fileURLWithPath: path("ours")))
        #expect(content == Data(repeating: 0xee, count: 1000))
    }

    @Test("a device is filled; zeros are not written where it is said to have them")
    func device() throws {
        let device = try LoopDevice(byteCount: 2 << 20)
        try QemuImg.create(path("a"), size: 1 << 20)
        try QemuImg.io(path("a"), ["write -q -P 1 64k 100k"])
        try QemuImg.convert(path("a"), to: path("content"))
        let content = try Data(contentsOf: URL(fileURLWithPath: path("content")))
        let dirt = Data(repeating: 0xee, count: 2 << 20)
        for (words, isClean) in [
            ([], true), (["-n"], true), (["-n", "-t", "none", "-W"], true),
            (["-n", "--target-is-zero"], false),
        ] {
            try dirt.write(to: URL(fileURLWithPath: path("dirt")))
            let fill = ["if=\(path("dirt"))", "of=\(device.path)", "conv=fsync", "status=none"]
            try Command.runSuccessfully("dd", fill)
            let arguments = ["convert", "-O", "raw"] + words + [path("a"), device.path]
            let output = try Command.run(Tool.path(), arguments)
            #expect(output.isSuccess, "\(output.standardError)")
            let read = ["if=\(device.path)", "of=\(path("read"))", "iflag=direct", "bs=1M"]
            try Command.runSuccessfully("dd", read + ["status=none"])
            var expected = content + dirt[(1 << 20)...]
            if !isClean {
                for index in expected.indices where expected[index] == 0 { expected[index] = 0xee }
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path("read"))) == expected)
        }
    }

    @Test("a qcow2 image that exists keeps its kind")
    func filledImage() throws {
        try QemuImg.create(path("a"), size: 1 << 20)
        try QemuImg.io(path("a"), ["write -q -P 1 64k 100k"])
        let options = ["cluster_size=4k,compat=1.1,refcount_bits=8,lazy_refcounts=on"]
        for name in ["theirs", "ours"] {
            try QemuImg.create(path(name), size: 1 << 20, options: options)
            try QemuImg.io(path(name), ["write -q -P 9 0 1M"])
        }
        let conversion = try Conversion(["-n", path("a")], to: "qcow2", in: directory)
        try conversion.expectAlike()
        // What would be lost is not.
        try QemuImg.create(path("snapshot"), size: 1 << 20)
        try QemuImg.snapshot("first", of: path("snapshot"))
        try QemuImg.create(path("larger"), size: 2 << 20)
        try QemuImg.create(path("overlay"), size: 1 << 20, backing: "a")
        for name in ["snapshot", "larger", "overlay", "missing"] {
            let words = ["convert", "-n", "-O", "qcow2", path("a"), path(name)]
            let output = try Command.run(Tool.path(), words)
            #expect(output.status == 1 && output.standardError.contains(path(name)))
        }
    }

    @Test("-S says what becomes a hole", arguments: ["0", "512", "4k", "64k", "1M"])
    func holes(size: String) throws {
        try Command.runSuccessfully("truncate", ["--size=4M", path("a")])
        let writes = stride(from: 0, to: 2048, by: 96).map { "write -q -P 1 \($0)k 48k" }
        try QemuImg.io(path("a"), writes, format: "raw")
        try QemuImg.convert(
            path("a"),
            from: "raw",
            to: path("full"),
            options: ["preallocation=full"]
        )
        let conversion = try Conversion(
            ["-S", size, "-f", "raw", path("full")],
            to: "raw",
            in: directory
        )
        try conversion.expectAlike()
        let own = try FileFacts(conversion.ours).allocatedBytes
        switch size {
        case "0", "1M": #expect(own >= 2 << 20)
        case "64k": #expect(own >= 2 << 20 && own < 4 << 20)
        default: #expect(own < 1500 << 10)
        }
        if size == "0" { #expect(own >= 4 << 20) }
    }

    @Test("a target is made as qemu-img makes it, or keeps its owner and permissions")
    func permissions() throws {
        try QemuImg.create(path("a"), size: 1 << 20)
        let script = "umask 002; \"$0\" convert -O qcow2 \"$1\" \"$2\""
        let stat = ["--format=%a %u %g"]
        #expect(try Tool.shell(script, path("a"), path("new")).isSuccess)
        #expect(try Command.runSuccessfully("stat", stat + [path("new")]).text == "644 0 0\n")
        try Command.runSuccessfully("chown", ["1234:5678", path("new")])
        try Command.runSuccessfully("chmod", ["0600", path("new")])
        #expect(try Tool.shell(script, path("a"), path("new")).isSuccess)
        #expect(try Command.runSuccessfully("stat", stat + [path("new")]).text == "600 1234 5678\n")
    }

    @Test("progress is shown as qemu-img shows it")
    func progress() throws {
        try QemuImg.create(path("a"), size: 64 << 20)
        try QemuImg.io(path("a"), ["write -q -P 1 0 48M"])
        let output = try Tool.run("convert", "-p", "-O", "raw", path("a"), path("new"))
        #expect(output.isSuccess)
        let steps = output.text.matches(of: #/ {4}\((\d+\.\d\d)/100%\)/#).map { String($0.1) }
        #expect(steps.first == "0.00" && steps.last == "100.00")
        #expect(output.text == steps.map { "    (\($0)/100%)\r" }.joined() + "\n")
        #expect(try Tool.run("convert", "-pq", "-Oraw", path("a"), path("new")).text == "")
        let failure = try Tool.run("convert", "-p", path("a"), path("none/new"))
        #expect(failure.status == 1)
    }
}
