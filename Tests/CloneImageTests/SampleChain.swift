// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A chain of three layers with an internal snapshot, and what QEMU reads from it.
final class SampleChain: Sendable {
    /// The chain of the tests that run now.
    @TaskLocal static var current: SampleChain?

    static let megabyte = 1 << 20
    static let diskBytes = 24 * megabyte
    /// The disk's size when the snapshot was taken.
    static let snapshotBytes = 16 * megabyte
    /// Data in the chain that is nothing but zeros.
    static let zeroBytes = megabyte

    private let directory: TemporaryDirectory

    /// The layers' folder.
    var folder: String { directory.path }
    var top: String { directory.path("top.qcow2") }
    var middle: String { directory.path("middle.qcow2") }
    var base: String { directory.path("base.qcow2") }
    /// What QEMU reads from the top, from the middle layer and from the snapshot `before`.
    var topContent: String { directory.path("top.content") }
    var middleContent: String { directory.path("middle.content") }
    var snapshotContent: String { directory.path("snapshot.content") }

    init() throws {
        directory = try TemporaryDirectory()
        try makeLayers()
        try QemuImg.convert(top, to: topContent)
        try QemuImg.convert(middle, to: middleContent)
        let restored = directory.path("restored.qcow2")
        try FileManager.default.copyItem(atPath: top, toPath: restored)
        try Command.runSuccessfully("qemu-img", ["snapshot", "-q", "-a", "before", restored])
        try QemuImg.convert(restored, to: snapshotContent)
        try FileManager.default.removeItem(atPath: restored)
    }

    private func makeLayers() throws {
        var random = SeededGenerator(seed: 1)
        let noise = URL(fileURLWithPath: directory.path("noise"))
        try random.bytes(4 * SampleChain.megabyte).write(to: noise)
        try QemuImg.create(base, size: SampleChain.diskBytes)
        try QemuImg.io(
            base,
            ["write -q -s \(noise.path) 0 4M", "write -q -P 1 6M 2M", "write -q -P 0 12M 1M"]
        )
        try overlay(middle, "base.qcow2", size: SampleChain.diskBytes)
        try QemuImg.io(middle, ["write -q -P 2 2M 1M", "write -q -z 6M 1M"])
        try overlay(top, "middle.qcow2", size: SampleChain.snapshotBytes)
        try QemuImg.io(top, ["write -q -P 3 15M 512k"])
        try QemuImg.snapshot("before", of: top)
        try QemuImg.io(
            top,
            ["truncate \(SampleChain.diskBytes)", "write -q -P 4 20M 1M", "write -q -P 5 2M 64k"]
        )
    }

    private func overlay(_ path: String, _ backing: String, size: Int) throws {
        try QemuImg.create(path, size: size, backing: backing)
    }
}

/// Makes the sample chain for all tests of a suite, and removes it after the last of them.
struct SampleChainTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await SampleChain.$current.withValue(SampleChain()) { try await function() }
    }
}

extension SuiteTrait where Self == SampleChainTrait {
    static var sampleChain: Self { SampleChainTrait() }
}

/// A folder for the targets of one test, beside the chain that they are made from.
struct Workplace {
    let chain: SampleChain
    private let directory: TemporaryDirectory

    var folder: String { directory.path }

    init() throws {
        chain = try #require(SampleChain.current, "the suite lacks the trait .sampleChain")
        directory = try TemporaryDirectory()
    }

    func path(_ name: String) -> String { directory.path(name) }

    /// The names of all files in the folder.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}
