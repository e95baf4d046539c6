// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import QCow2
import Synchronization
import TestSupport
import Testing

@Suite("Progress, cancellation and publication")
struct ProgressAndCancellationTests {
    private let directory: TemporaryDirectory
    private let source: CollapseSource

    /// A disk of 96 MiB with data everywhere, whose compression takes seconds.
    init() throws {
        directory = try TemporaryDirectory()
        try Command.runSuccessfully(
            "sh",
            ["-c", "head -c 100663296 /dev/urandom > \(directory.path("source.raw"))"]
        )
        source = CollapseSource(path: directory.path("source.raw"), format: .raw)
    }

    private func collapse(_ target: String, _ format: CollapseTarget.Format) -> Collapse {
        var options = CollapseOptions()
        options.durability = .unflushed
        return Collapse(
            source: source,
            target: CollapseTarget(path: directory.path(target), format: format),
            options: options
        )
    }

    private var names: Set<String> {
        get throws {
            Set(try FileManager.default.contentsOfDirectory(atPath: directory.path("")))
        }
    }

    /// Collapses 4 MiB of data, at 8 MiB a second unless said otherwise.
    private func limited(
        _ threads: Int,
        _ format: CollapseTarget.Format = .raw(),
        bytesPerSecond: UInt64 = 8 << 20
    ) throws -> Collapse {
        let path = directory.path("four.raw")
        try Command.runSuccessfully("sh", ["-c", "head -c 4M /dev/urandom > \(path)"])
        var options = CollapseOptions()
        options.threads = threads
        options.bytesPerSecond = bytesPerSecond
        return Collapse(
            source: CollapseSource(path: path, format: .raw),
            target: CollapseTarget(path: directory.path("limited"), format: format),
            options: options
        )
    }

    @Test("a rate holds for all workers together", arguments: [1, 3])
    func rate(threads: Int) async throws {
        for format in [CollapseTarget.Format.raw(), .qcow2()] {
            let report = try await limited(threads, format).run()
            #expect(report.seconds >= 0.4)
            #expect(report.seconds < 100)
            try FileManager.default.removeItem(atPath: directory.path("limited"))
        }
    }

    @Test("a copy that waits for its rate can be stopped", arguments: [1, 3])
    func stoppedWhileWaiting(threads: Int) async throws {
        let job = try limited(threads, bytesPerSecond: 1024).start()
        try await Task.sleep(for: .milliseconds(300))
        job.cancel()
        let start = ContinuousClock.now
        let error = await #expect(throws: CollapseError.self) { _ = try await job.report() }
        #expect(error?.code == .cancelled)
        // The first piece alone would take 2,048 s.
        #expect(ContinuousClock.now - start < .seconds(200))
        #expect(try names == ["source.raw", "four.raw"])
    }

    @Test("numbers that make no sense are refused")
    func numbers() async throws {
        for (threads, rate) in [(0, 1), (65, 1), (-1, 1), (1, 0)] as [(Int, UInt64)] {
            let error = await #expect(throws: CollapseError.self) {
                _ = try await limited(threads, bytesPerSecond: rate).run()
            }
            #expect(error?.code == .invalidOptions)
        }
    }

    @Test("progress never goes back, and ends with everything copied")
    func progress() async throws {
        let values = Mutex<[CollapseProgress]>([])
        let report = try await collapse("flat.raw", .raw()).run { value in
            values.withLock { $0.append(value) }
        }
        let seen = values.withLock { $0 }
        let last = try #require(seen.last)
        #expect(last.copiedBytes == 96 << 20)
        #expect(last.totalBytes == 96 << 20)
        #expect(last.totalIsExact)
        #expect(last.fraction == 1)
        for (earlier, later) in zip(seen, seen.dropFirst()) {
            #expect(earlier.copiedBytes <= later.copiedBytes)
            #expect(earlier.seconds <= later.seconds)
        }
        #expect(report.writtenBytes == 96 << 20)
        #expect(report.readBytes == 96 << 20)
    }

    @Test("an empty disk is done at once, wholly")
    func emptyProgress() async throws {
        let path = directory.path("empty.qcow2")
        try QemuImg.create(path, size: 1 << 40)
        let target = CollapseTarget(path: directory.path("flat.qcow2"), format: .qcow2())
        let job = Collapse(source: CollapseSource(path: path), target: target).start()
        var last: CollapseProgress?
        for await value in job.progress { last = value }
        #expect(last?.fraction == 1)
        let report = try await job.report()
        #expect(report.skippedBytes == 1 << 40)
        #expect(report.readBytes == 0)
    }

    @Test("a cancelled job leaves nothing behind", arguments: [false, true])
    func cancellation(byTask: Bool) async throws {
        let before = try names
        let work = collapse("flat.qcow2", .qcow2(.init(), QCow2Format(compresses: true)))
        let error: CollapseError?
        if byTask {
            let task = Task { try await work.run() }
            task.cancel()
            error = await #expect(throws: CollapseError.self) { _ = try await task.value }
        } else {
            let job = work.start()
            job.cancel()
            error = await #expect(throws: CollapseError.self) { _ = try await job.report() }
        }
        #expect(error?.code == .cancelled)
        #expect(try names == before)
    }

    @Test("a target that exists is left alone, unless it is to be replaced")
    func existingTarget() async throws {
        let path = directory.path("flat.raw")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        let before = try names
        var work = collapse("flat.raw", .raw())
        let error = await #expect(throws: CollapseError.self) { _ = try await work.run() }
        #expect(error?.code == .targetExists)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
        #expect(try names == before)
        let target = CollapseTarget(path: path, format: .raw(), replacesExisting: true)
        work = Collapse(source: source, target: target)
        _ = try await work.run()
        #expect(try filesAreEqual(source.path, path))
        #expect(try names == before)
    }

    @Test("of many attempts at one target exactly one wins")
    func race() async throws {
        let small = directory.path("small.raw")
        try Data(repeating: 7, count: 1 << 20).write(to: URL(fileURLWithPath: small))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let target = CollapseTarget(path: directory.path("one.raw"), format: .raw())
                    let work = Collapse(source: CollapseSource(path: small), target: target)
                    return (try? await work.run()) != nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        #expect(try filesAreEqual(small, directory.path("one.raw")))
        #expect(try names.contains { $0.hasSuffix("-partial") } == false)
    }

    @Test("a layer of the chain is never the target, by whatever name")
    func layerAsTarget() async throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.path("alias"),
            withDestinationPath: source.path
        )
        for path in [source.path, directory.path("alias")] {
            let target = CollapseTarget(path: path, format: .raw(), replacesExisting: true)
            let error = await #expect(throws: CollapseError.self) {
                _ = try await Collapse(source: source, target: target).run()
            }
            #expect(error?.code == .unusableTarget)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: source.path)).count == 96 << 20)
    }

    @Test("a directory that does not exist is an error that names the target")
    func missingDirectory() async throws {
        let path = directory.path("gone/flat.raw")
        let error = await #expect(throws: CollapseError.self) {
            let target = CollapseTarget(path: path, format: .raw())
            _ = try await Collapse(source: source, target: target).run()
        }
        #expect(error?.code == .unusableTarget)
        #expect(error?.message.contains(directory.path("gone/")) == true)
    }
}
