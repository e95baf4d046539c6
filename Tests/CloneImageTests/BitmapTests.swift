// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Persistent bitmaps of converted images")
struct BitmapTests {
    private let directory: TemporaryDirectory
    private let image: String

    init() throws {
        directory = try TemporaryDirectory()
        image = directory.path("a")
    }

    private struct Facts: Decodable {
        struct Specific: Decodable { let data: Data }
        struct Data: Decodable { let bitmaps: [Bitmap]? }
        struct Bitmap: Decodable, Hashable {
            let name: String
            let granularity: Int
            let flags: [String]
        }
        let specific: Specific

        enum CodingKeys: String, CodingKey { case specific = "format-specific" }
    }

    private func bitmaps(of path: String) throws -> Set<Facts.Bitmap> {
        let output = try Command.runSuccessfully("qemu-img", ["info", "--output=json", path])
        return Set(try output.decoded(as: Facts.self).specific.data.bitmaps ?? [])
    }

    /// What a bitmap says, as a server tells its clients.
    private func bits(of name: String, in path: String) throws -> String {
        let socket = directory.path("\(UInt32.random(in: .min ... .max))")
        try Command.runSuccessfully(
            "qemu-nbd",
            ["--fork", "-r", "-f", "qcow2", "-k", socket, "-B", name, path]
        )
        let options =
            "driver=nbd,server.type=unix,server.path=\(socket),"
            + "x-dirty-bitmap=qemu:dirty-bitmap:\(name)"
        let words = ["map", "--output=json", "--image-opts", options]
        return try Command.runSuccessfully("qemu-img", words).text
    }

    private func change(_ words: String...) throws {
        try Command.runSuccessfully("qemu-img", ["bitmap"] + words)
    }

    @Test("bitmaps are copied with their bits", arguments: 1...4 as ClosedRange<UInt64>)
    func copied(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let size = random.int(in: 1...40_000) * 512
        let cluster = ["512", "4k", "64k"][Int(seed) % 3]
        try QemuImg.create(image, size: size, options: ["cluster_size=\(cluster)"])
        for name in ["fine", "plain", "coarse", "stopped", "empty"] {
            let unit = ["fine": 512, "coarse": 1 << 20][name] ?? 65_536
            try change("--add", "-g", "\(unit)", image, name)
            if name == "empty" { break }
            let writes = (0..<random.int(in: 1...9)).map { _ in
                let place = random.int(in: 0...(size / 512 - 1)) * 512
                return "write -q -P 5 \(place) \(min(random.int(in: 1...2000) * 512, size - place))"
            }
            try QemuImg.io(image, writes)
        }
        try change("--disable", image, "stopped")
        let own = directory.path("own")
        for options in ["cluster_size=512", "cluster_size=64k", "cluster_size=2M"] {
            let words = ["convert", "--bitmaps", "-O", "qcow2", "-o", options, image, own]
            let output = try Command.run(Tool.path(), words)
            #expect(output.isSuccess, "\(output.standardError)")
            try QemuImg.check(own)
            try QemuImg.compare(image, format: "qcow2", own, format: "qcow2")
            #expect(try bitmaps(of: own) == bitmaps(of: image))
            for name in ["fine", "plain", "coarse", "stopped", "empty"] {
                #expect(try bits(of: name, in: own) == bits(of: name, in: image), "seed \(seed)")
            }
        }
        // They go on where they were.
        try QemuImg.io(own, ["write -q 0 512"])
        try QemuImg.check(own)
        #expect(try bitmaps(of: own) == bitmaps(of: image))
    }

    @Test("a bitmap that was not saved is an error, or is left out")
    func broken() throws {
        try QemuImg.create(image, size: 1 << 20)
        try change("--add", image, "cut")
        // It dies with the image open.
        _ = try Command.run("qemu-io", ["-c", "write 0 64k", "-c", "sigraise 9", image])
        try change("--add", image, "whole")
        #expect(try bitmaps(of: image).count { $0.flags.contains("in-use") } == 1)
        for words in [["--bitmaps"], ["--bitmaps", "--skip-broken-bitmaps"]] {
            let own = directory.path("own")
            let all = ["convert"] + words + ["-O", "qcow2", image, own]
            let output = try Command.run(Tool.path(), all)
            let expected = try Command.run("qemu-img", all.dropLast() + [directory.path("theirs")])
            #expect(output.status == expected.status)
            #expect(output.standardError.contains("inconsistent bitmap 'cut'"))
            guard output.status == 0 else { continue }
            #expect(try bitmaps(of: own) == bitmaps(of: directory.path("theirs")))
        }
    }

    @Test("an image without bitmaps gets none")
    func none() throws {
        try QemuImg.create(image, size: 1 << 20)
        let own = directory.path("own")
        #expect(try Tool.run("convert", "--bitmaps", "-O", "qcow2", image, own).isSuccess)
        try QemuImg.check(own)
        #expect(try bitmaps(of: own) == [])
    }
}
