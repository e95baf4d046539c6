// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image check")
struct CheckTests {
    private static func names(in folder: String) -> [String] {
        let path = Repository.path("Fixtures/\(folder)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
        return names.filter { $0.hasSuffix(".qcow2") }
    }

    /// The findings, which QEMU tells in another order where tables are shared.
    private func findings(_ output: Command.Output) -> [String] {
        let words = ["ERROR", "Leaked", "Repairing", "Can't get"]
        // QEMU ends some warnings without a line's end.
        return output.standardError.split(separator: "\n").compactMap { line in
            words.lazy.compactMap { line.range(of: $0) }.first.map {
                String(line[$0.lowerBound...])
            }
        }.sorted()
    }

    private func compare(
        _ words: [String],
        in directory: String? = nil,
        _ comment: String = ""
    ) throws {
        let comparison = try Comparison(words, in: directory)
        #expect(comparison.isEqual, "\(comparison) \(comment)")
        // Before it gives up, ours tells what it has found.
        guard !comparison.theirs.standardError.contains("Could not open") else { return }
        #expect(
            findings(comparison.ours) == findings(comparison.theirs),
            "\(comparison) \(comment)"
        )
    }

    @Test("fixtures are checked alike", arguments: names(in: "valid"))
    func fixture(name: String) throws {
        for form in ["human", "json"] {
            try compare(["check", "--output=\(form)", name], in: Repository.path("Fixtures/valid"))
        }
    }

    /// What is wrong with these is not in their tables; `qemu-img` follows some for ever.
    private static let sound = ["backing-", "cycle-", "crypt-", "data-file-"]

    @Test(
        "damaged fixtures are found as bad as they are",
        arguments: names(in: "damaged").filter { name in !sound.contains { name.hasPrefix($0) } }
    )
    func damaged(name: String) throws {
        let words = ["check", "--output=json", name]
        let comparison = try Comparison(words, in: Repository.path("Fixtures/damaged"))
        guard !comparison.isEqual else { return }
        #expect([1, 2].contains(comparison.ours.status), "\(comparison)")
    }

    @Test("random images are checked alike", arguments: 2001...2016 as ClosedRange<UInt64>)
    func chain(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let built = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        for (path, format) in zip(built.layers, built.formats) {
            let form = random.pick(["--output=human", "--output=json"])
            try compare(["check", "-f", format, form, path], "\(built.recipe)")
        }
    }

    /// A small image with many features, and what is in it.
    private func image(
        _ random: inout SeededGenerator,
        at path: String,
        hasSnapshot: Bool = true
    ) throws {
        let cluster = random.pick([512, 4096, 16384, 65536])
        let isExtended = cluster >= 16384 && random.chance(40)
        let bits = random.pick([1, 2, 4, 8, 16, 32, 64])
        var options = ["cluster_size=\(cluster)", "refcount_bits=\(bits)"]
        if isExtended { options.append("extended_l2=on") }
        if random.chance(20) { options.append("lazy_refcounts=on") }
        try QemuImg.create(path, size: 40 * cluster, options: options)
        let write = { (random: inout SeededGenerator) in
            let start = random.int(in: 0...35) * cluster
            let kind = random.pick(["-P 1", "-P 2", "-z", "-z -u", "-c -P 3"])
            let count = kind.hasPrefix("-c") ? 1 : random.int(in: 1...4)
            return "write -q \(kind) \(start) \(count * cluster)"
        }
        let writes = (0..<random.int(in: 1...8)).map { _ in write(&random) }
        // Where a compressed cluster is in the way the write fails, and the image is good.
        _ = try? QemuImg.io(path, writes)
        if random.chance(30) {
            let words = ["bitmap", "--add", path, "marks"]
            try Command.runSuccessfully("qemu-img", words)
        }
        if hasSnapshot, bits > 8, random.chance(50) {
            try QemuImg.snapshot("first", of: path)
            _ = try? QemuImg.io(path, [write(&random), write(&random)])
        }
    }

    @Test("damage is found and counted alike", arguments: 3001...3100 as ClosedRange<UInt64>)
    func damage(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        var random = SeededGenerator(seed: seed)
        let path = directory.path("a")
        try image(&random, at: path)
        var damage = try ImageDamage(path)
        for _ in 0..<random.int(in: 1...3) { damage.damage(&random) }
        try damage.save()
        try compare(["check", "-f", "qcow2", "--output=json", path], "seed \(seed)")
    }

    @Test("leaks are repaired alike", arguments: 4001...4040 as ClosedRange<UInt64>)
    func repair(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        var random = SeededGenerator(seed: seed)
        let (mine, theirs) = (directory.path("a"), directory.path("theirs"))
        try image(&random, at: mine, hasSnapshot: false)
        var damage = try ImageDamage(mine)
        damage.leak(&random)
        if !damage.isOld, random.chance(30) { damage.set(72, to: damage.word(72) | 1) }
        try damage.save()
        let before = directory.path("before")
        for copy in [theirs, before] {
            try FileManager.default.copyItem(atPath: mine, toPath: copy)
        }
        let form = random.pick(["--output=human", "--output=json"])
        let words = ["check", "-r", "leaks", form]
        let expected = try Command.run("qemu-img", words + [theirs])
        let own = try Command.run(Tool.path(), words + [mine])
        #expect(own.status == expected.status, "seed \(seed) \(own.standardError)")
        let text = expected.text.replacingOccurrences(of: theirs, with: mine)
        #expect(own.text == text, "seed \(seed)")
        #expect(findings(own) == findings(expected), "seed \(seed)")
        guard own.status == 0 else { return }
        try QemuImg.check(mine)
        try QemuImg.compare(before, format: "qcow2", mine, format: "qcow2")
    }

    @Test("beside corruptions nothing is repaired", arguments: ["leaks", "all"])
    func corrupted(kind: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("a")
        try QemuImg.create(path, size: 1 << 20)
        try QemuImg.io(path, ["write -q -P 1 0 128k"])
        var damage = try ImageDamage(path)
        damage.set(damage.l2Places[1], to: damage.word(damage.l2Places[0]))
        try damage.save()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let output = try Tool.run("check", "-r", kind, path)
        #expect(output.status == 2)
        #expect(output.standardError.contains("corruptions are not repaired"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("an image that is written to is not checked, and never repaired")
    func inUse() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("a")
        try QemuImg.create(path, size: 1 << 20)
        var damage = try ImageDamage(path)
        damage.addToRefcount(of: 3, 1)
        try damage.save()
        let writer = try ImageWriter(path)
        for words in [["check", path], ["check", "-r", "leaks", path]] {
            let output = try Command.run(Tool.path(), words)
            #expect(output.status == 1)
            #expect(output.standardError.contains("uses it"))
        }
        #expect(try Tool.run("check", "-U", path).status != 1)
        writer.stop()
        #expect(try Tool.run("check", path).status != 1)
    }

    @Test(
        "arguments are read alike",
        arguments: [
            "check", "check a b", "check raw", "check -f raw a", "check -f vmdk a",
            "check -T none a",
            "check -T strange a", "check -q a", "check -q --output=json a",
            "check --repair=leaks a",
            "check -r some a", "check -U -r leaks a", "check nothing", "check -f qcow2 raw",
            "check -U a", "check --output json a", "check file:a", "check -fqcow2 -rall a",
        ]
    )
    func arguments(line: String) throws {
        let directory = try TemporaryDirectory()
        try QemuImg.create(directory.path("a"), size: 1 << 20)
        try Data(count: 5000).write(to: URL(fileURLWithPath: directory.path("raw")))
        try compare(line.split(separator: " ").map(String.init), in: directory.path(""))
    }
}
