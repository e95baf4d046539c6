// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import QCow2
import TestSupport
import Testing

@testable import ChainCollapse

/// Targets that hold old bytes and do not start zeroed, as devices do; and targets that fail.
@Suite("Targets with a past")
struct DeviceTargetTests {
    private let directory: TemporaryDirectory
    private let chain: ImageChain

    init() throws {
        directory = try TemporaryDirectory()
        let base = directory.path("base.qcow2")
        let top = directory.path("top.qcow2")
        try QemuImg.create(base, size: 24 << 20)
        try QemuImg.io(
            base,
            ["write -q -P 1 0 3M", "write -q -P 2 9M 70k", "write -q -P 0 11M 1M"]
        )
        try QemuImg.create(top, size: 24 << 20, options: ["cluster_size=4k"], backing: base)
        try QemuImg.io(top, ["write -q -P 3 1M 5k", "write -q -z 2M 300k", "write -q -P 4 20M 1M"])
        chain = try ImageChain(top: top)
        try QemuImg.convert(top, to: directory.path("expected.raw"))
    }

    /// Collapses into a file of random bytes that is passed off as a device.
    private func collapse(
        threads: Int,
        _ writer: (OldTarget) throws -> any TargetWriter
    ) throws -> String {
        let path = directory.path("device")
        try Command.runSuccessfully("sh", ["-c", "head -c 40M /dev/urandom > \(path)"])
        let target = try OldTarget(path)
        let engine = try Self.engine(chain, writer(target))
        try engine.writer.begin()
        _ = try engine.run(threads: threads)
        try engine.writer.finish()
        return path
    }

    private static func engine(_ chain: ImageChain, _ writer: any TargetWriter) -> CopyEngine {
        CopyEngine(chain, writer, ProgressMeter { _ in }, Cancellation())
    }

    @Test("a raw device has nothing of its past in the disk", arguments: [1, 2])
    func raw(threads: Int) throws {
        let path = try collapse(threads: threads) {
            try RawWriter($0, of: chain, preallocation: .off, CollapseOptions())
        }
        try Command.runSuccessfully(
            "cmp",
            ["-n", String(chain.diskBytes), directory.path("expected.raw"), path]
        )
    }

    @Test(
        "a qcow2 device has nothing of its past in the disk",
        arguments: [Preallocation.off, .metadata, .full],
        [false, true]
    )
    func qcow2(preallocation: Preallocation, extended: Bool) throws {
        var creation = CreationOptions()
        creation.hasExtendedL2 = extended
        let path = try collapse(threads: 2) { target in
            try QCow2Writer(
                target,
                of: chain,
                creation,
                QCow2Format(preallocation: preallocation),
                baseLayer: nil,
                CollapseOptions()
            )
        }
        let converted = directory.path("converted.raw")
        try QemuImg.convert(path, to: converted)
        #expect(try filesAreEqual(directory.path("expected.raw"), converted))
    }

    @Test("a copy into what exists cannot be gone on with, and is refused at once")
    func resumedInPlace() async throws {
        let path = directory.path("existing.raw")
        try Data(repeating: 7, count: Int(chain.diskBytes)).write(to: URL(fileURLWithPath: path))
        var target = CollapseTarget(path: path, format: .raw())
        (target.fillsExisting, target.replacesExisting) = (true, true)
        var options = CollapseOptions()
        options.resumes = true
        let source = CollapseSource(path: chain.top.path)
        let collapse = Collapse(source: source, target: target, options: options)
        let error = await #expect(throws: CollapseError.self) { _ = try await collapse.run() }
        #expect(error?.code == .invalidOptions)
        #expect(error?.message.contains("--resume is for files") == true)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.count == Int(chain.diskBytes) && bytes.allSatisfy { $0 == 7 })
    }

    @Test(
        "wherever a target fails the copy ends with its error, and without a header",
        arguments: [1, 3],
        [false, true]
    )
    func failingTarget(threads: Int, compresses: Bool) throws {
        var writes = 0
        while try !copies(threads: threads, compresses: compresses, writes: writes) { writes += 1 }
        #expect(writes > 5)
    }

    /// Copies to a target that takes so many writes; true when they were enough.
    private func copies(threads: Int, compresses: Bool, writes: Int) throws -> Bool {
        let target = FailingTarget(writes: writes)
        let format = QCow2Format(compresses: compresses)
        let writer = try QCow2Writer(
            target,
            of: chain,
            CreationOptions(),
            format,
            baseLayer: nil,
            CollapseOptions()
        )
        let engine = Self.engine(chain, writer)
        do throws(CollapseError) {
            _ = try engine.run(threads: threads)
            try writer.finish()
        } catch {
            #expect(error.code == .inputOutput)
            #expect(error.message.hasPrefix("/failing: write at"))
            #expect(!target.hasHeader)
            return false
        }
        #expect(target.hasHeader)
        return true
    }
}
