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
            CollapseTarget.Format.raw(preallocation: .falloc), .raw(preallocation: .full), .qcow2(),
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
        try writer.begin()
        let engine = CopyEngine(chain, writer, ProgressMeter { _ in }, Cancellation())
        return threads > 1 ? try engine.runInParallel(threads: threads) : try engine.runSerially()
    }
}
