// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import DiskIO
import Foundation
import QCow2
import TestSupport
import Testing

/// Compressed clusters that a target of the same kind takes over as they are.
@Suite("Streams that are kept")
struct KeptStreamTests {
    private static let clusterBytes = 65_536
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// An image by itself, and what it says of its disk.
    private func mapped(_ path: String) throws -> (image: QCow2Image, runs: [MappedRun]) {
        let layer = try ImageChain(top: path, format: .qcow2).layers[0]
        guard case .qcow2(let image, let table) = layer.content else {
            throw CollapseError(.unsupportedImage, path)
        }
        var runs: [MappedRun] = []
        var words = WordTable()
        try image.appendRuns(of: table, in: 0..<table.diskBytes, using: &words, to: &runs)
        return (image, runs)
    }

    /// The exact stream of each compressed cluster, by guest offset.
    private func streams(of path: String) throws -> [UInt64: [UInt8]] {
        let (image, runs) = try mapped(path)
        var streams: [UInt64: [UInt8]] = [:]
        for run in runs {
            guard case .compressed(let place) = run.mapping else { continue }
            let offset = place.hostOffset.rawValue
            let count = min(UInt64(place.byteCount), image.clusters.byteCount - offset)
            let bytes = try image.clusters.bytes(at: offset, count: Int(count))
            let output = IOBuffer(byteCount: Int(image.geometry.clusterBytes))
            let verdict = output.withMutableBytes(0..<output.byteCount) { target in
                // SAFETY: bytes have no padding.
                ClusterDecompressor(image.header.compressionType)
                    .decompress(unsafe bytes.span.bytes, into: &target)
            }
            guard case .ended(let byteCount) = verdict else { continue }
            streams[run.guestOffset] = Array(bytes[..<byteCount])
        }
        return streams
    }

    /// Writes a raw disk whose clusters compress to about half.
    private func rawDisk(_ name: String, byteCount: Int, seed: UInt64) throws -> String {
        var random = SeededGenerator(seed: seed)
        let path = directory.path(name)
        try random.bytes(byteCount, mask: 0x0f).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func compress(_ raw: String, _ name: String, _ options: String) throws -> String {
        let path = directory.path(name)
        try QemuImg.convert(
            raw,
            from: "raw",
            to: path,
            format: "qcow2",
            compressed: true,
            options: [options]
        )
        return path
    }

    private func overlay(_ name: String, _ below: String, size: Int, _ options: String) throws
        -> String
    {
        let path = directory.path(name)
        try QemuImg.create(path, size: size, options: [options], backing: below)
        return path
    }

    /// Collapses with one worker and with three, which must make the same file.
    private func collapse(
        _ path: String,
        _ creation: CreationOptions = CreationOptions(),
        format: ImageFormat = .qcow2,
        snapshot: String? = nil,
        salvage: Bool = false,
        recompresses: Bool = false
    ) async throws -> (path: String, report: CollapseReport) {
        let results = [1, 3].map { directory.path("flat-\($0)-\(recompresses)") }
        var report: CollapseReport?
        for (threads, result) in zip([1, 3], results) {
            var options = CollapseOptions()
            options.threads = threads
            options.durability = .unflushed
            options.salvage = salvage
            options.recompresses = recompresses
            let collapse = Collapse(
                source: CollapseSource(
                    path: path,
                    format: format,
                    snapshot: snapshot,
                    allowedBacking: .anyLocal,
                    trustsProbedFormats: true
                ),
                target: CollapseTarget(
                    path: result,
                    format: .qcow2(creation, QCow2Format(compresses: true)),
                    replacesExisting: true
                ),
                options: options
            )
            report = try await collapse.run()
        }
        #expect(try filesAreEqual(results[0], results[1]))
        try QemuImg.check(results[0])
        return (results[0], try #require(report))
    }

    private func expectEqual(
        _ path: String,
        _ result: String,
        format: String = "qcow2",
        snapshot: String? = nil
    ) throws {
        let (expected, converted) = (directory.path("expected"), directory.path("converted"))
        try QemuImg.convert(path, from: format, to: expected, snapshot: snapshot)
        try QemuImg.convert(result, to: converted)
        #expect(try filesAreEqual(expected, converted))
    }

    @Test(
        "streams of clusters that can be seen whole are kept to the byte, all others are made anew",
        arguments: CompressionType.allCases
    )
    func kept(type: CompressionType) async throws {
        // The last cluster is cut.
        let size = 40 * Self.clusterBytes + 5 * 512
        let options = "compression_type=\(type.name)"
        let base = try compress(rawDisk("raw", byteCount: size, seed: 1), "base", options)
        let middle = try overlay("middle", base, size: size, "\(options),cluster_size=4k")
        try QemuImg.io(middle, ["write -q -c -P 7 0 65536", "write -q -P 8 \(5 << 16) 512"])
        let top = try overlay("top", middle, size: size, "extended_l2=on,\(options)")
        try QemuImg.io(
            top,
            ["write -q -P 9 \(10 << 16) 2048", "write -q -z \(20 << 16) 65536"]
        )
        let text = try rawDisk("text", byteCount: Self.clusterBytes, seed: 2)
        try QemuImg.io(top, ["write -q -c -s \(text) \(30 << 16) 65536"])

        var creation = CreationOptions()
        creation.compressionType = type
        let (result, report) = try await collapse(top, creation)
        try expectEqual(top, result)
        let (old, new) = (try streams(of: base), try streams(of: top))
        let made = try streams(of: result)
        let replaced = Set([0, 5, 10, 20, 30].map { UInt64($0) << 16 })
        #expect(old.count == 41)
        for (offset, stream) in old where !replaced.contains(offset) {
            #expect(made[offset] == stream, "\(hex(offset))")
        }
        #expect(made[30 << 16] == new[30 << 16])
        #expect(made[20 << 16] == nil)
        #expect(made.count == 40)
        #expect(report.writtenBytes == made.values.reduce(0) { $0 + UInt64($1.count) })

        let (again, _) = try await collapse(top, creation, recompresses: true)
        try expectEqual(top, again)
        if type == .zlib { #expect(try streams(of: again)[1 << 16] != old[1 << 16]) }
    }

    @Test(
        "a target of other clusters or another type takes no streams",
        arguments: [(UInt64(32_768), CompressionType.zlib), (65_536, .zstd), (131_072, .zlib)]
    )
    func otherKind(clusterBytes: UInt64, type: CompressionType) async throws {
        let raw = try rawDisk("raw", byteCount: 8 * Self.clusterBytes, seed: 3)
        let base = try compress(raw, "base", "compression_type=zlib")
        var creation = CreationOptions()
        (creation.clusterBytes, creation.compressionType) = (clusterBytes, type)
        let (result, _) = try await collapse(base, creation)
        try expectEqual(base, result)
        #expect(Set(try streams(of: base).values).isDisjoint(with: try streams(of: result).values))
    }

    @Test("a snapshot's streams are kept as well")
    func snapshot() async throws {
        let size = 8 * Self.clusterBytes
        let raw = try rawDisk("raw", byteCount: size, seed: 4)
        let base = try compress(raw, "base", "compression_type=zlib")
        let old = try streams(of: base)
        try QemuImg.snapshot("before", of: base)
        try QemuImg.io(base, ["write -q -P 1 0 \(size)"])
        let (result, _) = try await collapse(base, snapshot: "before")
        try expectEqual(base, result, snapshot: "before")
        #expect(try streams(of: result) == old)
    }

    @Test("what lies behind a stream in its last sector is not copied")
    func garbage() async throws {
        let raw = try rawDisk("raw", byteCount: 32 * Self.clusterBytes, seed: 5)
        let base = try compress(raw, "base", "compression_type=zlib")
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: base)))
        let runs = try mapped(base).runs
        // Of two neighbours the second is forgotten, and a secret lies where its stream was.
        let number = { (offset: Int) in
            // Without the flags of the first byte.
            bytes[(offset + 1)..<(offset + 8)].reduce(0) { $0 << 8 | Int($1) }
        }
        let l2Offset = number(number(40))
        var secrets = SeededGenerator(seed: 6)
        var planted: [UInt8] = []
        for (index, run) in runs.enumerated() where index % 2 == 1 {
            guard case .compressed(let place) = run.mapping else { continue }
            let entry = l2Offset + 8 * Int(run.guestOffset / UInt64(Self.clusterBytes))
            bytes.replaceSubrange(entry..<(entry + 8), with: repeatElement(0, count: 8))
            let start = Int(place.hostOffset.rawValue)
            let secret = Array(secrets.bytes(512))
            bytes.replaceSubrange(start..<(start + 512), with: secret)
            planted += secret
        }
        let forged = directory.path("forged")
        try Data(bytes).write(to: URL(fileURLWithPath: forged))

        let (result, _) = try await collapse(forged)
        try expectEqual(forged, result)
        #expect(try streams(of: result).count == 16)
        let output = try Data(contentsOf: URL(fileURLWithPath: result))
        #expect(planted.count == 16 * 512)
        for start in stride(from: 0, to: planted.count, by: 512) {
            #expect(output.range(of: Data(planted[start..<(start + 6)])) == nil)
        }
    }

    @Test("what lies behind the end of a shorter disk is not copied")
    func hiddenTail() async throws {
        let raw = try rawDisk("raw", byteCount: 4 * Self.clusterBytes, seed: 7)
        let base = try compress(raw, "base", "compression_type=zlib")
        let top = try overlay("top", base, size: 3 * Self.clusterBytes + 4096, "compat=1.1")
        let (result, _) = try await collapse(top)
        try expectEqual(top, result)
        let (old, made) = (try streams(of: base), try streams(of: result))
        #expect(made[0] == old[0])
        #expect(made[3 << 16] != old[3 << 16])
        // Who makes the disk larger finds zeros there.
        try Command.runSuccessfully("qemu-img", ["resize", "-q", "-f", "qcow2", result, "256K"])
        try QemuImg.io(result, ["read -q -P 0 \((3 << 16) + 4096) \((1 << 16) - 4096)"])
    }

    @Test("a damaged stream is an error, and zeros that are counted under salvage")
    func damaged() async throws {
        let raw = try rawDisk("raw", byteCount: 8 * Self.clusterBytes, seed: 8)
        let base = try compress(raw, "base", "compression_type=zlib")
        let old = try streams(of: base)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: base))
        let stream = try #require(old[2 << 16])
        let place = try #require(bytes.range(of: Data(stream)))
        bytes.replaceSubrange(place.prefix(64), with: Data(repeating: 0xff, count: 64))
        try bytes.write(to: URL(fileURLWithPath: base))

        let error = await #expect(throws: CollapseError.self) { _ = try await collapse(base) }
        #expect(error?.code == .damagedImage)
        let (result, report) = try await collapse(base, salvage: true)
        #expect(report.lostBytes == UInt64(Self.clusterBytes))
        let made = try streams(of: result)
        #expect(made == old.filter { $0.key != 2 << 16 })
    }

    @Test("a stream that does not end is made anew")
    func unended() async throws {
        let raw = try rawDisk("raw", byteCount: 4096, seed: 9)
        let base = try compress(raw, "base", "cluster_size=4k")
        let stream = try #require(try streams(of: base)[0])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: base))
        let place = try #require(bytes.range(of: Data(stream)))
        // The first bit says that the only block is the last one; with it goes the file's end.
        bytes[place.lowerBound] &= 0xfe
        try bytes.prefix(place.upperBound).write(to: URL(fileURLWithPath: base))

        var creation = CreationOptions()
        creation.clusterBytes = 4096
        let (result, _) = try await collapse(base, creation)
        let made = try #require(try streams(of: result)[0])
        #expect(made[0] & 1 == 1)
        let converted = directory.path("converted")
        try QemuImg.convert(result, to: converted)
        #expect(try filesAreEqual(raw, converted))
    }

    @Test("with the larger window streams become smaller, and are kept as any others")
    func largeWindow() async throws {
        let raw = directory.path("raw")
        var random = SeededGenerator(seed: 10)
        let noise = random.bytes(20_000)
        try Data((0..<30).map { _ in noise }.joined()).write(to: URL(fileURLWithPath: raw))
        let base = try compress(raw, "base", "compression_type=zlib")

        var creation = CreationOptions()
        creation.compressionWindow = .large
        let (result, _) = try await collapse(base, creation)
        try expectEqual(base, result)
        let (old, made) = (try streams(of: base), try streams(of: result))
        let large = directory.path("large")
        try FileManager.default.moveItem(atPath: result, toPath: large)
        // QEMU finds nothing to compress but in the last, cut cluster.
        #expect(old.count == 1)
        #expect(made.count == 10)
        #expect(made.values.allSatisfy { $0.count < 25_000 })

        let (again, _) = try await collapse(large)
        try expectEqual(base, again)
        #expect(try streams(of: again) == made)
    }

    @Test("zeros that a source has compressed take no space")
    func zeros() async throws {
        let size = 4 * Self.clusterBytes
        let base = directory.path("base")
        try QemuImg.create(base, size: size)
        try QemuImg.io(base, ["write -q -c -P 0 0 65536", "write -q -c -P 1 65536 65536"])
        let (result, _) = try await collapse(base)
        #expect(try streams(of: result).keys.sorted() == [65_536])
    }

    @Test(
        "random chains give the same disk with streams kept and made anew",
        arguments: 301...340 as ClosedRange<UInt64>
    )
    func randomChains(seed: UInt64) async throws {
        let built = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        let chain = try ImageChain(
            top: built.topPath,
            format: ImageFormat(rawValue: built.topFormat),
            policy: ChainPolicy(
                allowedBacking: .within([directory.path]),
                trustsProbedFormats: true
            )
        )
        let images = chain.layers.compactMap(\.image)
        guard !images.isEmpty else { return }
        let image = random.pick(images)
        var creation = CreationOptions()
        creation.clusterBytes = image.geometry.clusterBytes
        creation.compressionType = image.header.compressionType
        creation.hasExtendedL2 = creation.clusterBytes >= 16_384 && random.chance(50)
        for recompresses in [false, true] {
            let (result, _) = try await collapse(
                built.topPath,
                creation,
                format: ImageFormat(rawValue: built.topFormat) ?? .qcow2,
                snapshot: built.snapshotName,
                recompresses: recompresses
            )
            try expectEqual(
                built.topPath,
                result,
                format: built.topFormat,
                snapshot: built.snapshotName
            )
        }
    }
}
