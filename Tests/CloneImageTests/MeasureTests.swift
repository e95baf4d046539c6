// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image measure")
struct MeasureTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func compare(_ words: [String], _ comment: String = "") throws {
        let comparison = try Comparison.settled(words, in: directory.path(""))
        #expect(comparison.isEqual, "\(comparison) \(comment)")
    }

    private static let options = [
        "cluster_size=512", "cluster_size=4k,refcount_bits=1", "cluster_size=2M",
        "cluster_size=64k,refcount_bits=64", "compat=0.10", "extended_l2=on",
        "preallocation=metadata", "preallocation=falloc", "preallocation=full",
        "backing_file=x,backing_fmt=raw", "lazy_refcounts=on",
    ]

    @Test("random chains are measured alike", arguments: 6001...6020 as ClosedRange<UInt64>)
    func chain(seed: UInt64) throws {
        let built = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        let options = random.pick(Self.options)
        for target in [["-O", "raw"], ["-O", "qcow2"], ["-O", "qcow2", "-o", options]] {
            let form = random.pick(["--output=human", "--output=json"])
            try compare(
                ["measure", "-f", built.topFormat, form] + target + [built.topPath],
                "\(built.recipe)"
            )
        }
    }

    private struct Measurement: Decodable { let required: UInt64 }

    @Test("a copy is never longer than was promised", arguments: 6101...6110 as ClosedRange<UInt64>)
    func promise(seed: UInt64) throws {
        let built = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        let cluster = 1 << random.int(in: 12...18)
        let words = ["-f", built.topFormat, "-O", "qcow2", "-o", "cluster_size=\(cluster)"]
        let promised = try Command.runSuccessfully(
            Tool.path(),
            ["measure", "--output=json"] + words + [built.topPath]
        ).decoded(as: Measurement.self)
        let copy = directory.path("copy.qcow2")
        try Command.runSuccessfully(
            Tool.path(),
            [
                "collapse", "-q", "--trust-probed", "--allow-backing", "any-local",
                "--source-format", built.topFormat,
                "--cluster-size", "\(cluster)", built.topPath, copy,
            ]
        )
        #expect(try FileFacts(copy).byteCount <= promised.required, "\(built.recipe)")
    }

    @Test("bitmaps are measured alike", arguments: ["512", "64k", "2M"])
    func bitmaps(cluster: String) throws {
        let image = directory.path("a")
        try QemuImg.create(image, size: 3 << 30)
        for (name, granularity) in [("first", "512"), ("a longer name", "1M"), ("c", "64k")] {
            let words = ["bitmap", "--add", "-g", granularity, image, name]
            try Command.runSuccessfully("qemu-img", words)
        }
        for form in ["human", "json"] {
            let words = ["measure", "-O", "qcow2", "--output=\(form)"]
            try compare(words + ["-o", "cluster_size=\(cluster)", image])
        }
        try compare(["measure", "-O", "raw", image])
        try compare(["measure", "-O", "qcow2", "-o", "compat=0.10", image])
    }

    @Test(
        "arguments and sizes are read alike",
        arguments: [
            "measure", "measure a b", "measure --size 1G", "measure --size=1.5G -O qcow2",
            "measure --size=1 -O qcow2", "measure --size 0 -O qcow2", "measure --size 100 -O raw",
            "measure --size 64T -O qcow2 --output=json", "measure --size 1G a",
            "measure --size 1T -O qcow2 -o cluster_size=512", "measure --size 8E -O qcow2",
            "measure --size 1G -f raw", "measure --size 1G -l first", "measure -O vmdk a",
            "measure -O qcow2 -o colour=red a", "measure -O qcow2 -o cluster_size=3k a",
            "measure -O qcow2 -l first a", "measure -O qcow2 -l snapshot.name=first a",
            "measure -O qcow2 -l snapshot.id=1 a", "measure -O qcow2 -l none a",
            "measure -O qcow2 -l snapshot.bogus=1 a", "measure -O qcow2 -l snapshot. a",
            "measure -O qcow2 -l snapshot.id=1,snapshot.name=first a",
            "measure -O qcow2 -l snapshot.id=2,snapshot.name=first a",
            "measure -O qcow2 -l snapshot.id=1,snapshot.name=second a",
            "measure --size 1G -O qcow2 -o backing_file=x,backing_fmt=raw",
            "measure --size 1G -O qcow2 -o backing_fmt=raw",
            "measure -O raw -l 1 a", "measure -U -O qcow2 a", "measure nothing",
            "measure -O qcow2 -f raw a", "measure --size -1", "measure -O qcow2 file:a",
            "measure -O qcow2 -o compat=0.10 -o refcount_bits=8 a", "measure -O raw -f qcow2 raw",
            "measure -O qcow2 raw", "measure --size 1G -O qcow2 -o preallocation=full",
        ]
    )
    func arguments(line: String) throws {
        let image = directory.path("a")
        try QemuImg.create(image, size: 1 << 20, options: ["cluster_size=4k"])
        try QemuImg.io(image, ["write -q 0 8k", "write -q -z 4k 8k", "write -q 600k 100k"])
        try QemuImg.snapshot("first", of: image)
        try QemuImg.io(image, ["write -q 200k 8k"])
        try Data(repeating: 3, count: 5000).write(to: URL(fileURLWithPath: directory.path("raw")))
        try compare(line.split(separator: " ").map(String.init))
    }
}
