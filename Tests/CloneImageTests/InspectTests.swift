// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Looking at images as qemu-img does")
struct InspectTests {
    private static func names(in folder: String) -> [String] {
        let path = Repository.path("Fixtures/\(folder)")
        return (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
    }

    private func compare(_ words: [String], in directory: String? = nil) throws {
        let comparison = try Comparison.settled(words, in: directory)
        #expect(comparison.isEqual, "\(comparison)")
    }

    @Test("there are fixtures to look at") func presence() {
        #expect(Self.names(in: "valid").count > 40)
        #expect(Self.names(in: "damaged").count > 90)
    }

    @Test("fixtures look the same", arguments: names(in: "valid"))
    func fixture(name: String) throws {
        for words in Look.all(at: name) {
            try compare(words, in: Repository.path("Fixtures/valid"))
        }
    }

    /// Damaged in what `map` does not read.
    private static let unread: Set = ["snapshot-extra-limit.qcow2", "snapshot-extra-max.qcow2"]
    /// Chains without end, which `qemu-img map` follows for ever.
    private static let endless: Set = ["backing-self.qcow2", "cycle-a.qcow2", "cycle-b.qcow2"]

    @Test(
        "what qemu-img refuses is refused, and damage that it hides",
        arguments: names(in: "damaged").filter { $0.hasSuffix(".qcow2") },
        ["info", "map"]
    )
    func damaged(name: String, command: String) throws {
        let words = [command, "--output=json", name]
        let folder = Repository.path("Fixtures/damaged")
        let ours = try Command.run(Tool.path(), words, in: folder)
        #expect((ours.status == 0) == ours.standardError.isEmpty)
        guard ours.status == 0 else {
            #expect(ours.status == 1 && ours.standardError.contains(name))
            return
        }
        guard command == "info" || !Self.unread.contains(name) else { return }
        #expect(command == "info" || !Self.endless.contains(name))
        #expect(try ours.text == Command.run("qemu-img", words, in: folder).text)
    }

    @Test("random chains look the same", arguments: 1001...1200 as ClosedRange<UInt64>)
    func chain(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let built = try ChainRecipe(seed: seed).build(in: directory)
        for words in Look.all(at: built.topPath, format: built.topFormat) {
            // `snapshot` cannot be told the format, and a raw disk may look like anything.
            guard words[0] != "snapshot" || built.topFormat == "qcow2" else { continue }
            let comparison = try Comparison.settled(words)
            #expect(comparison.isEqual, "\(comparison)\n\(built.recipe)")
        }
    }

    @Test("a part of a map is the same", arguments: 1201...1230 as ClosedRange<UInt64>)
    func part(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let built = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4 {
            let start = random.int(in: 0...built.recipe.layers[built.layers.count - 1].size)
            let length = random.int(in: 0...(1 << 21))
            try compare([
                "map", "--output=json", "-f", built.topFormat, "--start-offset=\(start)",
                "--max-length=\(length)", built.topPath,
            ])
        }
    }

    @Test(
        "arguments are read the same",
        arguments: [
            "info", "info a b", "info -f vmdk a", "info -fraw a", "info --format qcow2 a",
            "info --output=xml a", "info -x a", "info nothing", "info .", "info file:a",
            "info ./a", "info -U --output json a", "info a -f raw", "info nbd:localhost:1",
            "info --object x a", "info --force-share --backing-chain a", "info json:{}",
            "map", "map a b", "map --output xml a", "map --start-offset=1k --output=json a",
            "map -s 1.5k -l 0x1000 --output=json a", "map --start-offset=100 --output=json a",
            "map --start-offset=2M --output=json a", "map --start-offset=2M a",
            "map --start-offset=-1 a", "map -s x a", "map -s 8E a", "map -l 8E a",
            "map --max-length=0 --output=json a",
            "map --max-length=7E --output=json a", "map --max-length=1.5 a", "map -U a",
            "map file:a",
            "map --max-length=99999999999E a", "map -s1M --output=json a",
            "snapshot", "snapshot a", "snapshot -l a", "snapshot -U -l a", "snapshot -q a",
            "snapshot -l nothing", "snapshot -f qcow2 a", "snapshot -l -c new a",
        ]
    )
    func arguments(line: String) throws {
        let directory = try TemporaryDirectory()
        try QemuImg.create(directory.path("a"), size: 1 << 20, options: ["cluster_size=4k"])
        try QemuImg.io(directory.path("a"), ["write -q 0 8k", "write -q -z 4k 8k"])
        try QemuImg.snapshot("first", of: directory.path("a"))
        try compare(line.split(separator: " ").map(String.init), in: directory.path(""))
    }

    @Test(
        "images of every kind look the same",
        arguments: [
            "-f qcow2 -o compat=0.10", "-f qcow2 -o lazy_refcounts=on,refcount_bits=1",
            "-f qcow2 -o compression_type=zstd,cluster_size=2M", "-f raw",
            "-f qcow2 -o preallocation=metadata", "-f qcow2 -o preallocation=full",
            "-f raw -o preallocation=full", "-f qcow2 -o data_file=other",
            "-f qcow2 -o data_file=other,data_file_raw=on",
            "-f qcow2 -o extended_l2=on,preallocation=metadata",
            "-f qcow2 -o encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10",
            "-f qcow2 -o encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10,"
                + "encrypt.cipher-alg=serpent-128,encrypt.cipher-mode=cbc,"
                + "encrypt.ivgen-alg=essiv,encrypt.ivgen-hash-alg=sha256",
            "-f qcow2 -o encrypt.format=aes,encrypt.key-secret=key -b below -F raw",
            "-f qcow2 -b below -F raw", "-f qcow2 -b ./below -F raw",
            "-f qcow2 -u -b none -F qcow2",
        ]
    )
    func kind(options: String) throws {
        let directory = try TemporaryDirectory()
        let folder = directory.path("")
        try Data(count: 5000).write(to: URL(fileURLWithPath: directory.path("below")))
        let create =
            ["create", "-q", "--object", "secret,id=key,data=abc"]
            + options.split(separator: " ").map(String.init) + ["a", "3M"]
        // On a busy machine it often fails to measure how fast it hashes.
        for _ in 1...100 where try Command.run("qemu-img", create, in: folder).status == 0 { break }
        // Without its backing file or its key, QEMU opens an image for `info` only.
        let isOpened = !options.contains("encrypt") && !options.contains("none")
        for words in Look.all(at: "a") where isOpened {
            try compare(words, in: folder)
        }
        for form in ["human", "json"] {
            try compare(["info", "--output=\(form)", "a"], in: folder)
        }
    }

    @Test("sizes are written in three digits as C does", arguments: 1...4 as ClosedRange<UInt64>)
    func sizes(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        var random = SeededGenerator(seed: seed)
        let borders = [999, 1000, 1023, 1024, 10_234, 999_424, 1_023_488, 1_047_552, 1_048_064]
        let sizes =
            borders + (0..<20).map { _ in random.int(in: 1...(1 << random.int(in: 1...42))) }
        for size in sizes {
            let path = directory.path("disk")
            try Command.runSuccessfully("truncate", ["--size=\(size)", path])
            try compare(["info", "-f", "raw", path])
        }
    }

    @Test("an image that is written to is looked at with -U only, and no lock is left")
    func inUse() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path("a")
        try QemuImg.create(image, size: 1 << 20)
        let writer = try ImageWriter(image)
        for words in [["info", image], ["map", image], ["snapshot", "-l", image]] {
            try compare(words)
            #expect(try Command.run(Tool.path(), words).status == 1)
            try compare([words[0], "-U"] + words.dropFirst())
        }
        writer.stop()
        try compare(["info", image])
    }

    @Test("under the name qemu-img it takes qemu-img's words")
    func name() throws {
        let directory = try TemporaryDirectory()
        let image = directory.path("a")
        try QemuImg.create(image, size: 1 << 20)
        let link = directory.path("qemu-img")
        try FileManager.default.createSymbolicLink(
            atPath: link,
            withDestinationPath: try Tool.path()
        )
        let output = try Command.run(link, ["info", image])
        #expect(output.isSuccess)
        #expect(try output.text == Command.run("qemu-img", ["info", image]).text)
        let failure = try Command.run(link, ["info", "--image-opts", "driver=qcow2"])
        #expect(failure.status == 1)
        #expect(failure.standardError == "qemu-img: Unknown option '--image-opts'\n")
        let unknown = try Command.run(link, ["dd", "if=a"])
        #expect(unknown.status == 1)
        #expect(unknown.standardError.contains("dd"))
    }
}
