// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension ConvertTests {
    @Test(
        "arguments are taken the same",
        arguments: [
            "", "a", "a new", "-O qcow2 a new", "-Oqcow2 -fqcow2 a new", "a -O qcow2 new",
            "-f raw a new", "-f vmdk a new", "-O nonsense a new", "-x a new",
            "-O qcow2 -o nonsense=1 a new", "-O qcow2 -o cluster_size=1000 a new",
            "-O qcow2 -o cluster_size=4k,refcount_bits=3 a new", "-O qcow2 -o , a new",
            "-O qcow2 -o compat=0.10 -o cluster_size=4k a new", "-O raw -o cluster_size=4k a new",
            "-O qcow2 -o lazy_refcounts a new", "-O qcow2 -o nolazy_refcounts a new",
            "-O qcow2 -o size=2M a new", "-O raw -o preallocation=off a new",
            "-O raw -o preallocation=metadata a new", "-O qcow2 -o preallocation=nonsense a new",
            "-c a new", "-c -O qcow2 a new", "-c -O qcow2 -o preallocation=full a new",
            "-O qcow2 -c -C a new", "-C -S 4k a new", "-C --salvage a new", "-C a new",
            "-S 100 a new", "-S 32M a new", "-S 16M a new", "-S x a new", "-S 1.5k a new",
            "-m 0 a new", "-m 17 a new", "-m x a new", "-m 16 a new", "-m4 -W a new",
            "-t nonsense a new", "-T nonsense a new", "-t none a new", "-t off -T off a new",
            "-t directsync -T directsync a new", "-t writethrough -T writethrough a new",
            "-t unsafe -T unsafe a new", "-r 1M a new", "-r 0 a new", "-r x a new", "-U a new",
            "--force-share a new", "-l first a new", "-l 1 a new", "-l nothing a new",
            "-l snapshot.id=1 a new", "-l snapshot.name=first a new", "-l snapshot.id=2 a new",
            "-l snapshot.id=1,snapshot.name=first a new", "-l snapshot.nonsense=1 a new",
            "-l snapshot.id=1,snapshot.name=second a new", "-l first a a new",
            "-f raw -l first a new", "a a new", "a missing new", "missing new", ". new", "a .",
            "-n a new", "-n a old", "-n a short", "-n --target-is-zero a old",
            "--target-is-zero a new", "-n -o size=1M a old", "-n -O qcow2 -o cluster_size=4k a b",
            "-n -O qcow2 a old",
            "-O qcow2 -B b a new", "-O qcow2 -B b -F qcow2 a new", "-B b -F qcow2 a new",
            "-O qcow2 -B missing -F qcow2 a new", "-O qcow2 -F qcow2 a new",
            "-O qcow2 -B b -F qcow2 a a new", "-O qcow2 -o backing_file=b a new",
            "-O qcow2 -o backing_file=b,backing_fmt=qcow2 a new", "-O qcow2 -B b -F nonsense a new",
            "--bitmaps a new", "--bitmaps -O qcow2 a new", "--bitmaps -O qcow2 b new",
            "--skip-broken-bitmaps -O qcow2 a new", "--bitmaps -O qcow2 old new",
            "--bitmaps -O qcow2 -f qcow2 b b new", "--bitmaps -O qcow2 -o compat=0.10 a new",
            "-p -q a new", "-pq a new", "-cqO qcow2 a new", "a a", "-O qcow2 b b",
            "file:a file:new",
            "--object x a new", "--image-opts a new", "--target-image-opts -n a old",
            "nbd:localhost:1 new", "a nbd:localhost:1", "json:{} new", "a none/new",
            "json:{\"driver\":\"qcow2\",\"file\":{\"driver\":\"file\",\"filename\":\"a\"}} new",
        ]
    )
    func arguments(line: String) throws {
        let words = ["convert"] + line.split(separator: " ").map(String.init)
        let (theirs, ours) = (try TemporaryDirectory(), try TemporaryDirectory())
        let images = try Self.images.get()
        for directory in [theirs, ours] {
            for name in ["a", "b", "old", "short"] {
                try FileManager.default.copyItem(
                    atPath: images.path(name),
                    toPath: directory.path(name)
                )
            }
        }
        let expected = try Command.run("qemu-img", words, in: theirs.path)
        let own = try Command.run(Tool.path(), words, in: ours.path)
        #expect(own.status == expected.status, "\(expected.standardError)\(own.standardError)")
        #expect(own.text == expected.text)
        #expect((own.status == 0) || !own.standardError.isEmpty)
        guard own.status == 0, expected.status == 0 else { return }
        #expect(own.standardError.isEmpty == expected.standardError.isEmpty)
        let name = words.last == "old" ? "old" : "new"
        let format = try ImageFacts(theirs.path(name)).format
        #expect(try ImageFacts(ours.path(name)).format == format)
        try QemuImg.compare(theirs.path(name), format: format, ours.path(name), format: format)
    }

    /// `a` above `b`, with a snapshot; a raw file `old`, and a `short` one.
    private static let images = Result {
        let directory = try TemporaryDirectory()
        let path = { (name: String) in directory.path(name) }
        try QemuImg.create(path("b"), size: 1 << 20)
        try QemuImg.io(path("b"), ["write -q -P 1 0 512k"])
        try QemuImg.create(path("a"), size: 1 << 20, backing: "b")
        try QemuImg.io(path("a"), ["write -q -P 2 256k 512k"])
        try QemuImg.snapshot("first", of: path("a"))
        try Data(repeating: 3, count: 1 << 20).write(to: URL(fileURLWithPath: path("old")))
        try Data(repeating: 4, count: 1 << 10).write(to: URL(fileURLWithPath: path("short")))
        return directory
    }

    @Test("a list of the options is printed", arguments: ["raw", "qcow2"])
    func help(format: String) throws {
        for words in [["-o", "help"], ["-o", "?", "a", "b"]] {
            let all = ["convert", "-O", format] + words
            let own = try Command.run(Tool.path(), all)
            #expect(own.isSuccess && own.text.hasPrefix("Supported \(format) options:\n"))
            #expect(try Command.run("qemu-img", all).status == own.status)
        }
    }

    @Test("a target that another program uses, and a source that one writes to, are left alone")
    func inUse() throws {
        let directory = try TemporaryDirectory()
        let (image, target) = (directory.path("a"), directory.path("b"))
        for path in [image, target] { try QemuImg.create(path, size: 1 << 20) }
        let writer = try ImageWriter(image)
        for words in [[image, target], [target, image], ["-n", "-O", "qcow2", target, image]] {
            let output = try Command.run(Tool.path(), ["convert"] + words)
            #expect(output.status == 1 && output.standardError.contains(image))
        }
        #expect(try Tool.run("convert", "-U", image, directory.path("c")).isSuccess)
        writer.stop()
        #expect(try Tool.run("convert", target, image).isSuccess)
    }
}
