// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Images that ask for more than they are worth; each has to end, soon and in little memory.
@Suite("Hostile images")
struct HostileImageTests {
    /// No image makes the tool take more memory than this, in KiB.
    private static let memoryLimit = 128 << 10
    private let directory: TemporaryDirectory
    private var image: String { directory.path("image") }

    init() throws { directory = try TemporaryDirectory() }

    /// Runs the tool in limited time and memory.
    private func run(_ words: [String]) throws -> Command.Output {
        let limits = ["300", "sh", "-c", "ulimit -d \(Self.memoryLimit) && exec \"$@\"", "sh"]
        return try Command.run("timeout", limits + [Tool.path()] + words)
    }

    /// Collapses `image` so.
    private func collapse(_ options: String...) throws -> Command.Output {
        try run(["collapse", "--threads", "2", image, directory.path("flat")] + options)
    }

    private func word(of path: String, at offset: UInt64) throws -> UInt64 {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try file.seek(toOffset: offset)
        return try #require(try file.read(upToCount: 8)).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func write(_ bytes: Data, to path: String, at offset: UInt64) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: bytes)
        try file.close()
    }

    private func data(_ words: [UInt64]) -> Data {
        Data(
            words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
            }
        )
    }

    /// The largest L1 table there is, each entry leading to one L2 table behind it.
    private func makeLargestL1(_ path: String, backing: String? = nil) throws {
        try QemuImg.create(
            path,
            size: 128 << 30,
            options: ["cluster_size=512"],
            backing: backing
        )
        let table = (try FileFacts(path).byteCount + 511) / 512 * 512
        try Command.runSuccessfully("truncate", ["--size=\(table + 512)", path])
        var entries = data([table])
        while entries.count < 32 << 20 { entries.append(entries) }
        try write(entries, to: path, at: word(of: path, at: 40))
    }

    @Test("as many tables as there can be, all one and the same, are found and no more")
    func oneTableForAll() throws {
        try makeLargestL1(image)
        // The whole disk would be 2 GiB of tables.
        let part = ["--start-offset", "127G", "--max-length", "64M"]
        let output = try run(["map", "--output", "json"] + part + [image])
        #expect(output.isSuccess, "\(output.standardError)")
        #expect(output.text.contains("\"length\": 67108864"))
    }

    @Test("tables that are too many together are refused, however they are spread over layers")
    func tablesOfAllLayers() throws {
        try makeLargestL1(image, backing: "below")
        try FileManager.default.copyItem(atPath: image, toPath: directory.path("below"))
        let output = try collapse()
        #expect(output.status == 2, "\(output.standardError)")
        #expect(output.standardError.contains("\(directory.path("below")): at 0x"))
        #expect(output.standardError.contains("more L2 tables than the 4194304 that are read"))
    }

    @Test("an L1 table that is its own L2 table and its own data is read as QEMU reads it")
    func tableOfItself() throws {
        try QemuImg.create(image, size: 1 << 30)
        let table = try word(of: image, at: 40)
        try Command.runSuccessfully("truncate", ["--size=%64k", image])
        try write(data([table, table]), to: image, at: table)
        let output = try collapse("--format", "raw")
        #expect(output.status == 0, "\(output.standardError)")
        try QemuImg.compare(image, format: "qcow2", directory.path("flat"), format: "raw")
    }

    @Test("an image that comes back to itself by ever new names is told of once")
    func growingName() throws {
        try QemuImg.create(image, size: 1 << 20, backing: "./image")
        let output = try Tool.run("info", "--backing-chain", image)
        #expect(output.status == 1)
        #expect(output.standardError.contains("\(directory.path)/./image: the chain comes back"))
    }

    @Test("a snapshot is looked for in the largest table there is")
    func largestSnapshotTable() throws {
        try QemuImg.create(image, size: 1 << 20)
        let (count, nameBytes) = (500, 65_535)
        let place = (try FileFacts(image).byteCount + 65_535) / 65_536 * 65_536
        let l1 = try word(of: image, at: 40)
        let names = UInt64(nameBytes) << 16 | UInt64(nameBytes)
        var entry = data([l1, 1 << 32 | names, 0, 0, 16, 0, 1 << 20])
        // Bytes that are no text: each becomes three.
        entry.append(Data(repeating: 0xff, count: (2 * nameBytes + 7) / 8 * 8))
        let table = (0..<count).reduce(into: Data()) { table, _ in table.append(entry) }
        try write(table, to: image, at: place)
        try write(data([UInt64(count) << 32]).prefix(4), to: image, at: 60)
        try write(data([place]), to: image, at: 64)
        let output = try collapse("--snapshot", "absent", "--json")
        #expect(output.status == 2)
        #expect(output.text.contains("\"not-found\""), "\(output.standardError)")
    }

    @Test("a disk of half an exabyte whose map changes at every cluster")
    func largestWindow() throws {
        try QemuImg.create(image, size: 1 << 59, options: ["cluster_size=2M"])
        let table = (try FileFacts(image).byteCount + 0x1f_ffff) / 0x20_0000 * 0x20_0000
        var entries = data([1, 0])
        while entries.count < 2 << 20 { entries.append(entries) }
        try write(entries, to: image, at: table)
        try write(data([table]), to: image, at: word(of: image, at: 40))
        let output = try collapse("--option", "cluster_size=2M")
        #expect(output.status == 0, "\(output.standardError)")
        try Command.runSuccessfully("truncate", ["--size=0", image])
        try QemuImg.create(image, size: 1 << 60, options: ["cluster_size=2M"])
        let refused = try collapse("--force", "--option", "cluster_size=2M")
        #expect(refused.status == 2)
        #expect(refused.standardError.contains("too large"))
    }
}
