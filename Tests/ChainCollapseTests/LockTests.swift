// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Locks beside other programs")
struct LockTests {
    private let directory: TemporaryDirectory
    private let base: String
    private let middle: String
    private let top: String

    /// A chain of three layers of 1 MiB.
    init() throws {
        directory = try TemporaryDirectory()
        base = directory.path("base.qcow2")
        middle = directory.path("middle.qcow2")
        top = directory.path("top.qcow2")
        try QemuImg.create(base, size: 1 << 20)
        try QemuImg.create(middle, size: 1 << 20, backing: "base.qcow2")
        try QemuImg.create(top, size: 1 << 20, backing: "middle.qcow2")
    }

    private func failure(_ path: String, _ policy: ChainPolicy = ChainPolicy()) -> CollapseError? {
        do throws(CollapseError) {
            _ = try ImageChain(top: path, policy: policy)
            return nil
        } catch { return error }
    }

    /// What qemu-img says when it may not do something to an image.
    private func refusal(_ arguments: [String]) throws -> String {
        let output = try Command.run("qemu-img", arguments)
        #expect(output.status != 0, "qemu-img \(arguments) was not refused")
        return output.standardError
    }

    @Test("the layer that somebody writes to is refused, and the frozen one below it named")
    func liveTop() throws {
        let writer = try ImageWriter(top)
        let error = try #require(failure(top))
        #expect(error.code == .inUse)
        #expect(
            error.message
                == "\(top): this layer is live: a running VM or another program writes to it; "
                + "\(middle) below it is frozen and can be collapsed instead "
                + "(-U reads it all the same)"
        )
        #expect(failure(middle) == nil)
        writer.stop()
        #expect(failure(top) == nil)
    }

    @Test("a writer in the middle of the chain is found as well, and nothing promised below it")
    func liveBase() throws {
        let writer = try ImageWriter(base)
        let error = try #require(failure(top))
        #expect(error.code == .inUse)
        #expect(error.message.hasPrefix("\(top) -> \(middle): \(base): this layer is live"))
        #expect(!error.message.contains("instead"))
        writer.stop()
        #expect(failure(top) == nil)
    }

    @Test("an external data file is as live as its image")
    func liveDataFile() throws {
        let image = directory.path("data.qcow2")
        let data = directory.path("data.raw")
        try QemuImg.create(image, size: 1 << 20, options: ["data_file=\(data)"])
        let writer = try ImageWriter(data, format: "raw")
        let error = try #require(failure(image))
        #expect(error.code == .inUse)
        #expect(error.message.hasPrefix("\(data): this layer is live"))
        writer.stop()
        #expect(failure(image) == nil)
    }

    @Test("who waits for a writer reads when it has ended")
    func waiting() throws {
        let writer = try ImageWriter(top)
        let released = Mutex<ContinuousClock.Instant?>(nil)
        // A thread of its own: the pool's may all be busy with other tests.
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.3)
            released.withLock { $0 = .now }
            writer.stop()
        }
        #expect(failure(top, ChainPolicy(lockWaitSeconds: 120)) == nil)
        let opened = ContinuousClock.now
        #expect(try #require(released.withLock { $0 }) <= opened)
    }

    @Test("who waits in vain is told so when the time is over")
    func waitingInVain() throws {
        let writer = try ImageWriter(top)
        let start = ContinuousClock.now
        #expect(failure(top, ChainPolicy(lockWaitSeconds: 0.3))?.code == .inUse)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        writer.stop()
    }

    @Test("waiting can be cancelled")
    func cancelling() async throws {
        let writer = try ImageWriter(top)
        let source = CollapseSource(path: top, lockWaitSeconds: 3600)
        let target = CollapseTarget(path: directory.path("flat"), format: .raw())
        let job = Collapse(source: source, target: target).start()
        job.cancel()
        let result = await job.result
        #expect(throws: CollapseError.self) { try result.get() }
        if case .failure(let error) = result { #expect(error.code == .cancelled) }
        #expect(!FileManager.default.fileExists(atPath: target.path))
        writer.stop()
    }

    @Test("a live layer is read where the user insists")
    func sharing() throws {
        let writer = try ImageWriter(top)
        #expect(failure(top, ChainPolicy(sharesWithWriters: true)) == nil)
        writer.stop()
    }

    @Test("while a chain is read nobody may change it, and everybody may read it")
    func protecting() throws {
        try withExtendedLifetime(try ImageChain(top: top)) {
            #expect(try refusal(["commit", "-q", top]).contains("Failed to get"))
            #expect(try refusal(["resize", "-q", base, "2M"]).contains("Failed to get"))
            #expect(try refusal(["snapshot", "-c", "name", middle]).contains("Failed to get"))
            #expect(throws: (any Error).self) { try ImageWriter(middle) }
            #expect(failure(top) == nil)
            try QemuImg.convert(top, to: directory.path("copy"))
        }
        try Command.runSuccessfully("qemu-img", ["commit", "-q", top])
    }

    @Test("a reader who shares leaves the layers to writers")
    func sharingReader() throws {
        let policy = ChainPolicy(sharesWithWriters: true)
        try withExtendedLifetime(try ImageChain(top: top, policy: policy)) {
            let commit = try Command.run("qemu-img", ["commit", "-q", top])
            #expect(commit.status == 0, "\(commit.standardError)")
        }
    }
}
