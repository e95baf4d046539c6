// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import QCow2
import SystemPackage
import TestSupport
import Testing

@testable import ChainCollapse

/// A chain with long runs, runs of one cluster, pieces too small or too crooked to be shared, a
/// compressed cluster and a last cluster that the file cuts short.
private struct MixedChain {
    static let diskBytes = (48 << 20) + 512
    let top: String
    let base: String

    /// Makes the layers and gives `expected` what they read as.
    init(in path: (String) -> String, expected: String) throws {
        (base, top) = (path("base.qcow2"), path("top.qcow2"))
        let middle = path("middle.qcow2")
        try QemuImg.create(base, size: Self.diskBytes)
        try QemuImg.io(base, ["write -q -P 1 0 20M", "write -q -P 2 30M \((18 << 20) + 512)"])
        let small = ["cluster_size=1k"]
        try QemuImg.create(middle, size: Self.diskBytes, options: small, backing: base)
        // Some of these odd pieces lie in blocks of the file as in blocks of the disk.
        let pieces = (0..<8).map { "write -q -P 3 \(6145 + 320 * $0)k 101k" }
        try QemuImg.io(middle, pieces + ["write -q -P 4 22M 3k"])
        try QemuImg.create(top, size: Self.diskBytes, backing: middle)
        try QemuImg.io(
            top,
            [
                "write -q -P 5 4M 64k", "write -q -P 6 19M 300k", "write -q -c -P 7 24M 64k",
                "write -q -z 31M 1M",
            ]
        )
        try QemuImg.convert(top, to: expected)
    }
}

private func collapse(
    _ source: String,
    to target: String,
    _ reflink: CollapseOptions.Reflink,
    threads: Int = 2,
    _ format: CollapseTarget.Format = .raw()
) async throws -> CollapseReport {
    var options = CollapseOptions()
    options.reflink = reflink
    options.threads = threads
    return try await Collapse(
        source: CollapseSource(path: source),
        target: CollapseTarget(path: target, format: format),
        options: options
    ).run()
}

@Suite("Blocks shared with the sources")
struct SharingTests {
    private let directory: TemporaryDirectory
    private var expected: String { directory.path("expected.raw") }

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "a raw target shares what it can, takes no space for it and reads the same",
        arguments: LoopFileSystem.Kind.allCases,
        [1, 3]
    )
    func sharing(kind: LoopFileSystem.Kind, threads: Int) async throws {
        let system = try LoopFileSystem(kind)
        let chain = try MixedChain(in: system.path, expected: expected)
        let before = try system.usedBytes()
        for mode in [CollapseOptions.Reflink.auto, .always] {
            let target = system.path("\(mode).raw")
            let report = try await collapse(chain.top, to: target, mode, threads: threads)
            #expect(try filesAreEqual(expected, target))
            #expect(report.sharedBytes > 36 << 20)
            #expect(report.writtenBytes < 2 << 20)
        }
        #expect(try system.usedBytes() < before + (8 << 20))
    }

    @Test("never copies everything", arguments: LoopFileSystem.Kind.allCases, [1, 3])
    func never(kind: LoopFileSystem.Kind, threads: Int) async throws {
        let system = try LoopFileSystem(kind)
        let chain = try MixedChain(in: system.path, expected: expected)
        let before = try system.usedBytes()
        let target = system.path("flat.raw")
        let report = try await collapse(chain.top, to: target, .never, threads: threads)
        #expect(try filesAreEqual(expected, target))
        #expect(report.sharedBytes == 0)
        #expect(report.writtenBytes > 37 << 20)
        #expect(try system.usedBytes() > before + (36 << 20))
    }

    @Test("a layer on another file system is copied, or is the error that always asks for")
    func elsewhere() async throws {
        let system = try LoopFileSystem(.xfs)
        let chain = try MixedChain(in: directory.path, expected: expected)
        let target = system.path("flat.raw")
        let report = try await collapse(chain.top, to: target, .auto)
        #expect(report.sharedBytes == 0)
        #expect(try filesAreEqual(expected, target))
        let other = system.path("other.raw")
        let error = await #expect(throws: CollapseError.self) {
            try await collapse(chain.top, to: other, .always, threads: 1)
        }
        #expect(error?.code == .unusableTarget)
        #expect(
            error?.message == "\(chain.base): 4194304 bytes at 0x50000 cannot be shared with the "
                + "target (\(other): ioctl FICLONERANGE at 0x0 failed: Invalid cross-device link); "
                + "with --reflink auto they are copied"
        )
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test(
        "always needs a target that can share",
        arguments: [
            CollapseTarget.Format.raw(preallocation: .falloc), .raw(preallocation: .full),
            .qcow2(CreationOptions(), QCow2Format(compresses: true)),
            .qcow2(CreationOptions(), QCow2Format(preallocation: .metadata)),
            .qcow2(options { $0.clusterBytes = 2048 }),
        ]
    )
    func impossible(format: CollapseTarget.Format) async throws {
        let chain = try MixedChain(in: directory.path, expected: expected)
        let error = await #expect(throws: CollapseError.self) {
            _ = try await collapse(chain.top, to: directory.path("flat"), .always, format)
        }
        #expect(error?.code == .invalidOptions)
        #expect(error?.message.contains("--reflink always") == true)
    }

    @Test("an extent that is refused is copied, whatever becomes of the others", arguments: [1, 3])
    func refusals(threads: Int) throws {
        let chain = try MixedChain(in: directory.path, expected: expected)
        for bits in 0..<8 {
            let target = try RefusingTarget(directory.path("flat.\(bits)"), sharing: bits)
            let tally = try copy(chain.top, to: target, .auto, threads: threads)
            #expect(try filesAreEqual(expected, target.path), "sharing \(bits)")
            #expect((tally.target.sharedBytes > 0) == (bits != 0))
        }
    }

    @Test("a disk that is full is not tried again in another way")
    func full() throws {
        let chain = try MixedChain(in: directory.path, expected: expected)
        let target = try RefusingTarget(directory.path("flat"), sharing: 1, with: .noSpace)
        let error = #expect(throws: CollapseError.self) {
            _ = try copy(chain.top, to: target, .auto, threads: 1)
        }
        #expect(error?.code == .inputOutput)
        #expect(error?.message.hasSuffix("failed: No space left on device") == true)
    }

    private func copy(
        _ top: String,
        to target: any BlockTarget,
        _ reflink: CollapseOptions.Reflink,
        threads: Int
    ) throws -> CopyTally {
        var options = CollapseOptions()
        options.reflink = reflink
        let chain = try ImageChain(top: top)
        let writer = try RawWriter(target, of: chain, preallocation: .off, options)
        return try run(writer, chain, threads: threads)
    }
}

@Suite("Blocks that a qcow2 target shares")
struct QCow2SharingTests {
    private let directory: TemporaryDirectory
    private var expected: String { directory.path("expected.raw") }

    init() throws { directory = try TemporaryDirectory() }

    private func judge(_ target: String) throws {
        try QemuImg.check(target)
        let converted = directory.path("converted.raw")
        try QemuImg.convert(target, to: converted)
        #expect(try filesAreEqual(expected, converted))
    }

    @Test(
        "whole clusters are shared and take no space, whatever the clusters",
        arguments: LoopFileSystem.Kind.allCases,
        [
            options { _ in }, options { $0.clusterBytes = 4096 },
            options { $0.clusterBytes = 2 << 20 }, options { $0.hasExtendedL2 = true },
        ]
    )
    func sharing(kind: LoopFileSystem.Kind, creation: CreationOptions) async throws {
        let system = try LoopFileSystem(kind)
        let chain = try MixedChain(in: system.path, expected: expected)
        let before = try system.usedBytes()
        let targets = ["auto", "always"].map(system.path)
        var writtenBytes: UInt64 = 0
        for (target, threads) in zip(targets, [1, 3]) {
            let mode: CollapseOptions.Reflink = threads == 1 ? .auto : .always
            let format = CollapseTarget.Format.qcow2(creation)
            let report = try await collapse(chain.top, to: target, mode, threads: threads, format)
            // Small pieces keep large clusters from being shared.
            let least: UInt64 = creation.clusterBytes == 2 << 20 ? 20 << 20 : 35 << 20
            #expect(report.sharedBytes > least)
            writtenBytes += report.writtenBytes
            try judge(target)
        }
        #expect(try filesAreEqual(targets[0], targets[1]))
        // Tables take up to four clusters in each target, and XFS some space in advance; a copy would
        // take twice 38 MiB.
        let tables = 14 * creation.clusterBytes + (3 << 20)
        let taken = try system.usedBytes() - before
        #expect(taken < writtenBytes + tables)
    }

    @Test("never copies everything, and finds zeros", arguments: [1, 3])
    func never(threads: Int) async throws {
        let system = try LoopFileSystem(.btrfs)
        let chain = try MixedChain(in: system.path, expected: expected)
        let target = system.path("flat.qcow2")
        let report = try await collapse(
            chain.top,
            to: target,
            .never,
            threads: threads,
            .qcow2()
        )
        #expect(report.sharedBytes == 0)
        try judge(target)
    }

    @Test("a target that keeps a layer below shares what lies above it")
    func aboveBase() async throws {
        let system = try LoopFileSystem(.xfs)
        let chain = try MixedChain(in: system.path, expected: expected)
        var source = CollapseSource(path: chain.top)
        source.base = chain.base
        let target = system.path("above.qcow2")
        let report = try await Collapse(
            source: source,
            target: CollapseTarget(path: target, format: .qcow2())
        ).run()
        #expect(report.sharedBytes >= 5 << 16)
        try judge(target)
    }

    @Test("the same file is made whatever is refused", arguments: [1, 3])
    func refusals(threads: Int) throws {
        let chain = try MixedChain(in: directory.path, expected: expected)
        var first: String?
        for bits in 0..<8 {
            let target = try RefusingTarget(directory.path("flat.\(bits)"), sharing: bits)
            let tally = try copy(ImageChain(top: chain.top), target, threads: threads)
            #expect((tally.target.sharedBytes > 0) == (bits != 0))
            if let first {
                #expect(try filesAreEqual(first, target.path), "sharing \(bits)")
            } else {
                first = target.path
                try judge(target.path)
            }
        }
    }

    @Test("clusters that lie together in a layer are shared together, wherever the disk has them")
    func scattered() throws {
        let top = try scatteredChain(diskBytes: 4 << 30, places: (0..<200).map { $0 * 20 << 20 })
        let target = try RefusingTarget(directory.path("flat"), sharing: 7)
        let tally = try copy(ImageChain(top: top), target, threads: 3)
        #expect(tally.target.sharedBytes == 200 << 16)
        // The eight L2 tables of each layer lie between its clusters.
        #expect(target.callCount <= 4 * 8)
        try QemuImg.check(target.path)
        try QemuImg.compare(top, format: "qcow2", target.path, format: "qcow2")
    }

    @Test("a disk larger than what is laid out together reads the same", arguments: 0..<8)
    func outOfReach(bits: Int) throws {
        let places = (0..<120).map { ($0 * $0 * 3) << 20 }
        let top = try scatteredChain(diskBytes: 50 << 30, places: places)
        let creation = options { $0.clusterBytes = bits % 2 == 0 ? 4096 : 65_536 }
        let targets = try [1, 3].map { threads in
            let target = try RefusingTarget(directory.path("flat.\(threads)"), sharing: bits)
            _ = try copy(ImageChain(top: top), target, creation, threads: threads)
            return target.path
        }
        #expect(try filesAreEqual(targets[0], targets[1]))
        try QemuImg.check(targets[0])
        try QemuImg.compare(top, format: "qcow2", targets[0], format: "qcow2")
    }

    /// Layers with single clusters in random order, a few of them compressed.
    private func scatteredChain(diskBytes: Int, places: [Int]) throws -> String {
        var random = SeededGenerator(seed: 17)
        let shuffled = places.shuffled(using: &random)
        var top: String?
        for number in 0..<4 {
            let layer = directory.path("\(number).qcow2")
            try QemuImg.create(layer, size: diskBytes, backing: top)
            let own = shuffled.enumerated().filter { $0.offset % 4 == number }
            let writes = own.map { "write -q -P \(1 + $0.offset % 250) \($0.element) 64k" }
            let place = (number * 700 + 7) << 20
            let others = ["write -q -c -P 7 \(place) 64k", "write -q -z \(place + 65_536) 64k"]
            try QemuImg.io(layer, writes + others)
            top = layer
        }
        return try #require(top)
    }

    @Test("random chains read the same", arguments: 401...440 as ClosedRange<UInt64>)
    func randomChains(seed: UInt64) throws {
        let built = try ChainRecipe(seed: seed).build(in: directory)
        try QemuImg.convert(
            built.topPath,
            from: built.topFormat,
            to: expected,
            snapshot: built.snapshotName
        )
        let chain = try ImageChain(
            top: built.topPath,
            format: ImageFormat(rawValue: built.topFormat),
            snapshot: built.snapshotName,
            policy: ChainPolicy(
                allowedBacking: .within([directory.path]),
                trustsProbedFormats: true
            )
        )
        var random = SeededGenerator(seed: seed)
        let creation = options {
            $0.clusterBytes = 1 << UInt64(random.int(in: 12...21))
            $0.hasExtendedL2 = $0.clusterBytes >= 16_384 && random.chance(40)
        }
        let bits = random.int(in: 0...7)
        let targets = try [1, 3].map { threads in
            let target = try RefusingTarget(directory.path("flat.\(threads)"), sharing: bits)
            _ = try copy(chain, target, creation, threads: threads)
            return target.path
        }
        #expect(try filesAreEqual(targets[0], targets[1]), "\(creation)\n\(built.recipe)")
        try judge(targets[0])
    }

    private func copy(
        _ chain: ImageChain,
        _ target: RefusingTarget,
        _ creation: CreationOptions = CreationOptions(),
        threads: Int
    ) throws -> CopyTally {
        let writer = try QCow2Writer(
            target,
            of: chain,
            creation,
            QCow2Format(),
            baseLayer: nil,
            CollapseOptions()
        )
        return try run(writer, chain, threads: threads)
    }
}

private func options(_ change: (inout CreationOptions) -> Void) -> CreationOptions {
    var options = CreationOptions()
    change(&options)
    return options
}

private func run(
    _ writer: any TargetWriter,
    _ chain: ImageChain,
    threads: Int
) throws -> CopyTally {
    try writer.begin()
    let engine = CopyEngine(chain, writer, ProgressMeter { _ in }, Cancellation())
    let tally = try engine.run(threads: threads)
    try writer.finish()
    return tally
}
