// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import QCow2
import TestSupport
import Testing

@testable import ChainCollapse

/// Copies whose machine loses power, again and again, on a disk that forgets or garbles what was not
/// flushed.
@Suite("Power cuts")
struct PowerCutTests {
    /// What is made of the chain.
    enum Kind: String, CaseIterable {
        case raw, qcow2, smallClusters, extendedL2, zlib, zstd, metadata, above, shared
    }

    private static let head: [UInt64] = [1, 2, 3]

    private let directory: TemporaryDirectory
    private let chain: ImageChain

    /// A chain of data, zeros, holes and compressed clusters over 23 MiB.
    init() throws {
        directory = try TemporaryDirectory()
        let (base, top) = (directory.path("base.qcow2"), directory.path("top.qcow2"))
        let noise = directory.path("noise")
        var random = SeededGenerator(seed: 7)
        try random.bytes(3 << 20).write(to: URL(fileURLWithPath: noise))
        try QemuImg.create(directory.path("plain.qcow2"), size: 23 << 20)
        try QemuImg.io(
            directory.path("plain.qcow2"),
            [
                "write -q -s \(noise) 0 3M", "write -q -P 1 5M 70k", "write -q -P 0 9M 1M",
                "write -q -P 2 13M 3M", "write -q -s \(noise) 20M 3M",
            ]
        )
        try QemuImg.convert(
            directory.path("plain.qcow2"),
            to: base,
            format: "qcow2",
            compressed: true
        )
        try QemuImg.create(top, size: 23 << 20, options: ["cluster_size=4k"], backing: "base.qcow2")
        try QemuImg.io(
            top,
            [
                "write -q -P 3 1M 5k", "write -q -z 2M 300k", "write -q -P 4 17M 1M",
                // Before others on the disk, and behind them in the file.
                "write -q -P 5 14M 200k", "write -q -P 6 20M 200k", "write -q -P 7 13M 100k",
            ]
        )
        chain = try ImageChain(top: top)
    }

    private func writer(_ kind: Kind, _ target: any BlockTarget) throws -> any TargetWriter {
        let options = CollapseOptions()
        guard kind != .raw else {
            return try RawWriter(target, of: chain, preallocation: .off, options)
        }
        var creation = CreationOptions()
        var format = QCow2Format()
        switch kind {
        case .smallClusters: creation.clusterBytes = 512
        case .extendedL2: creation.hasExtendedL2 = true
        case .zlib, .zstd:
            format.compresses = true
            creation.clusterBytes = 4096
            creation.compressionType = kind == .zlib ? .zlib : .zstd
        case .metadata: format.preallocation = .metadata
        case .above: creation.backing = .init(name: "base.qcow2", format: "qcow2")
        case .shared: creation.clusterBytes = 4096
        case .raw, .qcow2: break
        }
        let base = kind == .above ? 1 : nil
        return try QCow2Writer(target, of: chain, creation, format, baseLayer: base, options)
    }

    /// Copies to a target, going on behind what its journal tells.
    ///
    /// - Returns: the bytes that were not copied again.
    private func copy(
        _ kind: Kind,
        _ target: VolatileTarget,
        _ journal: VolatileTarget,
        threads: Int
    ) throws -> UInt64 {
        let writer = try writer(kind, target)
        var engine = CopyEngine(chain, writer, ProgressMeter { _ in }, Cancellation())
        _ = try engine.resume(
            target,
            JournalReader(JournalFile(journal), MemorySource(journal.content)),
            head: PowerCutTests.head,
            pace: Journal.Pace(minimumInterval: .zero, restFactor: 0)
        )
        try writer.begin()
        let tally = try engine.run(threads: threads)
        try writer.finish()
        try usingDisk { () throws(IOError) in try target.flush() }
        return tally.resumedBytes
    }

    /// The file that an undisturbed copy makes, and the number of calls that takes.
    private func undisturbed(_ kind: Kind) throws -> (content: Data, calls: Int) {
        let power = PowerSupply(calls: 1 << 30)
        let target = VolatileTarget("target", Data(), power, shares: kind == .shared)
        _ = try copy(kind, target, VolatileTarget("journal", Data(), power), threads: 1)
        return (target.content, (1 << 30) - power.callsLeft)
    }

    @Test(
        "whenever the power fails the copy goes on, and ends with the same bytes",
        arguments: [1, 2]
    )
    func cuts(threads: Int) throws {
        var resumedBytes: UInt64 = 0
        for kind in Kind.allCases {
            let (expected, calls) = try undisturbed(kind)
            var cuts = 0
            for seed in 1...2 as ClosedRange<UInt64> {
                var random = SeededGenerator(seed: seed)
                var (content, journal) = (Data(), Data())
                while true {
                    // The first never lasts to the end; with more threads fewer calls do.
                    let longest = content.isEmpty ? calls / 3 : calls
                    let power = PowerSupply(calls: random.int(in: 1...longest))
                    let target = VolatileTarget(
                        "target",
                        content,
                        power,
                        shares: kind == .shared
                    )
                    let record = VolatileTarget("journal", journal, power)
                    do {
                        resumedBytes += try copy(kind, target, record, threads: threads)
                        // As a whole: to show the difference of such arrays takes minutes.
                        let isEqual = target.content == expected
                        #expect(isEqual, "\(kind), seed \(seed)")
                        break
                    } catch let error as CollapseError {
                        try #require(!power.isOn, "\(kind), seed \(seed): \(error)")
                        content = target.remains(&random)
                        journal = record.remains(&random)
                        cuts += 1
                        try #require(cuts < 200, "\(kind), seed \(seed): it does not get on")
                    }
                }
            }
            #expect(cuts > 1, "\(kind)")
            if kind != .raw, kind != .above { try check(expected, kind) }
        }
        #expect(resumedBytes > 0, "nothing was ever gone on with")
    }

    private func check(_ content: Data, _ kind: Kind) throws {
        let path = directory.path("\(kind).qcow2")
        try content.write(to: URL(fileURLWithPath: path))
        try QemuImg.check(path)
        try QemuImg.compare(directory.path("top.qcow2"), format: "qcow2", path, format: "qcow2")
    }

    @Test("a journal that is cut or changed anywhere is believed up to there")
    func damagedJournal() throws {
        for kind in [Kind.raw, .zlib] {
            let (expected, calls) = try undisturbed(kind)
            for seed in 1...6 as ClosedRange<UInt64> {
                try damageJournal(kind, expected, calls, seed)
            }
        }
    }

    private func damageJournal(
        _ kind: Kind,
        _ expected: Data,
        _ calls: Int,
        _ seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let power = PowerSupply(calls: calls * 3 / 4)
        let target = VolatileTarget("target", Data(), power)
        let journal = VolatileTarget("journal", Data(), power)
        #expect(throws: CollapseError.self) { try copy(kind, target, journal, threads: 1) }
        var record = journal.content
        try #require(!record.isEmpty)
        let place = random.int(in: 0...record.count - 1)
        switch random.int(in: 0...2) {
        case 0: record.removeLast(record.count - place)
        case 1: record[place] ^= UInt8(1 << random.int(in: 0...7))
        default: record.replaceSubrange(place..., with: random.bytes(record.count - place))
        }
        let (good, rest) = (PowerSupply(calls: 1 << 30), target.content)
        let second = VolatileTarget("target", rest, good)
        _ = try copy(kind, second, VolatileTarget("journal", record, good), threads: 2)
        let isEqual = second.content == expected
        #expect(isEqual, "seed \(seed)")
    }

    @Test("a whole journal that tells of something else is an error, and not believed")
    func foreignJournal() throws {
        let power = PowerSupply(calls: 1 << 30)
        let entries: [[UInt64]] = [
            [0], [0, 9], [0, .max], [.max, 0], [0, 1, 7], [2 << 20, 0], [0, 3, 1, 0, 4000],
            [0, 3, 1, 0, .max], [0, 3, 1, .max, 1], [0, 3, 4, 0, 1], [0, 4, 2, 0, 1, 0],
            [0, 4, 2, 0, 1, .max], [0, 5, 3, 0, 1, 1, 2], [0, 6, 1, 0, 2, 0, 1, 1],
            [0, 6, 1, 3, 1, 1, 0, 1],
        ]
        // More clusters than the disk has, and than a chunk has of which nothing is read.
        let starts = [0, 2, 4, 12, 14, 16, 20] as [UInt64]
        let beyond: [UInt64] = starts.flatMap { [$0 << 20, 0] } + [22 << 20, 3, 1, 16, 1]
        let inZeros: [UInt64] = [0, 0, 2 << 20, 0, 4 << 20, 0, 6 << 20, 3, 0, 0, 1]
        // A subcluster that has data and reads as zeros, and masks that are too long.
        let subclusters: [[UInt64]] = [
            [0, 5, 3, 0, 1, 1, 1], [0, 5, 3, 0, 1, 1 << 32, 0], [0, 5, 3, 0, 1, 0, 1 << 32],
        ]
        let foreign: [(Kind, [UInt64])] =
            (entries + [beyond]).map { (.qcow2, $0) } + subclusters.map { (.extendedL2, $0) }
            + [(.metadata, inZeros)]
        for (kind, entry) in foreign {
            let journal = VolatileTarget("journal", Data(), power)
            var file = JournalFile(journal)
            try file.append([PowerCutTests.head])
            try file.append([entry])
            let error = #expect(throws: CollapseError.self) {
                _ = try copy(kind, VolatileTarget("target", Data(), power), journal, threads: 1)
            }
            #expect(error?.message.contains("does not belong to this copy") == true, "\(entry)")
        }
    }
}
