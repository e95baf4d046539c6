// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import QCow2
import Synchronization
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Digests of a collapse")
struct CollapseProofTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func options(threads: Int = 2, salvage: Bool = false) -> CollapseOptions {
        var options = CollapseOptions()
        options.threads = threads
        options.salvage = salvage
        options.verifies = true
        return options
    }

    /// The digest of what QEMU reads from a chain.
    private func expectedDigest(
        _ path: String,
        from format: String = "qcow2",
        snapshot: String? = nil
    ) throws -> String {
        let raw = directory.path("content.raw")
        try QemuImg.convert(path, from: format, to: raw, snapshot: snapshot)
        return try DigestOracle.digest(ofRaw: raw)
    }

    @Test(
        "the report has the digest of the source, and what was read back has the same",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func digests(seed: UInt64) async throws {
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        var random = SeededGenerator(seed: seed)
        let expected = try expectedDigest(
            chain.topPath,
            from: chain.topFormat,
            snapshot: chain.snapshotName
        )
        let formats: [CollapseTarget.Format] = [
            .raw(), .raw(preallocation: .full), .qcow2(),
            .qcow2(CreationOptions(), QCow2Format(compresses: true)),
        ]
        for (number, format) in formats.enumerated() {
            var source = CollapseSource(
                path: chain.topPath,
                format: ImageFormat(rawValue: chain.topFormat),
                snapshot: chain.snapshotName,
                allowedBacking: .anyLocal,
                trustsProbedFormats: true
            )
            if case .qcow2 = format, chain.layers.count > 1, random.chance(50) {
                source.base = random.pick(Array(chain.layers.dropLast()))
            }
            let report = try await Collapse(
                source: source,
                target: CollapseTarget(path: directory.path("target\(number)"), format: format),
                options: options(threads: random.int(in: 1...3))
            ).run()
            #expect(report.digest?.description == expected, "\(format) \(chain.recipe)")
            #expect(report.verifiedDigest == report.digest)
        }
    }

    @Test("what is shared is digested and read back", arguments: LoopFileSystem.Kind.allCases)
    func sharing(kind: LoopFileSystem.Kind) async throws {
        let system = try LoopFileSystem(kind)
        let top = system.path("top.qcow2")
        try QemuImg.create(top, size: 24 << 20)
        try QemuImg.io(top, ["write -q -P 1 1M 9M", "write -q -P 2 12M 64k"])
        let expected = try expectedDigest(top)
        for (name, format) in [("a", CollapseTarget.Format.raw()), ("b", .qcow2())] {
            let report = try await Collapse(
                source: CollapseSource(path: top),
                target: CollapseTarget(path: system.path(name), format: format),
                options: options()
            ).run()
            #expect(report.sharedBytes > 0)
            #expect(report.digest?.description == expected)
            #expect(report.verifiedDigest == report.digest)
        }
    }

    @Test("a device that is longer than the disk is read back as far as the disk goes")
    func device() async throws {
        let device = try LoopDevice(byteCount: 48 << 20)
        try Command.runSuccessfully("sh", ["-c", "head -c 48M /dev/urandom > \(device.path)"])
        let top = directory.path("top.qcow2")
        try QemuImg.create(top, size: (24 << 20) + 512)
        try QemuImg.io(top, ["write -q -P 1 1M 9M", "write -q -P 2 12M 64k"])
        let expected = try expectedDigest(top)
        for format in [CollapseTarget.Format.raw(), .qcow2()] {
            let report = try await Collapse(
                source: CollapseSource(path: top),
                target: CollapseTarget(path: device.path, format: format, replacesExisting: true),
                options: options()
            ).run()
            #expect(report.digest?.description == expected)
            #expect(report.verifiedDigest == report.digest)
        }
    }

    @Test(
        "disks of odd sizes, or of none, are read back",
        arguments: [0, 512, 65_024, 66_048, (2 << 20) + 512],
        [false, true]
    )
    func sizes(byteCount: Int, isDirect: Bool) async throws {
        let path = directory.path("disk.raw")
        var random = SeededGenerator(seed: UInt64(byteCount))
        try random.bytes(byteCount).write(to: URL(fileURLWithPath: path))
        let expected = try DigestOracle.digest(ofRaw: path)
        for (name, format) in [("a", CollapseTarget.Format.raw()), ("b", .qcow2())] {
            var options = options()
            options.isDirect = isDirect
            let report = try await Collapse(
                source: CollapseSource(path: path, format: .raw),
                target: CollapseTarget(path: directory.path(name), format: format),
                options: options
            ).run()
            #expect(report.digest?.description == expected)
            #expect(report.verifiedDigest == report.digest)
        }
    }

    @Test("what salvage takes for zeros is so in the digest, above a base as well")
    func salvage() async throws {
        let (base, top) = (directory.path("base.qcow2"), directory.path("top.qcow2"))
        try QemuImg.create(base, size: 8 << 20)
        try QemuImg.io(base, ["write -q -P 1 0 4M"])
        try QemuImg.create(top, size: 8 << 20, backing: base)
        try QemuImg.io(top, ["write -q -P 2 6M 1M"])
        let whole = directory.path("whole.raw")
        try QemuImg.convert(top, to: whole)
        try Command.runSuccessfully("truncate", ["--size=-128k", base])
        try QemuImg.io(whole, ["write -q -P 0 \((4 << 20) - 131_072) 128k"], format: "raw")
        let expected = try DigestOracle.digest(ofRaw: whole)
        for base in [nil, base] {
            let report = try await Collapse(
                source: CollapseSource(path: top, base: base),
                target: CollapseTarget(path: directory.path("a\(base == nil)"), format: .qcow2()),
                options: options(salvage: true)
            ).run()
            #expect(report.digest?.description == expected)
            #expect(report.verifiedDigest == report.digest)
        }
    }

    @Test("reading back goes on where copying ended, and progress never goes back")
    func progress() async throws {
        let path = directory.path("disk.raw")
        try Command.runSuccessfully("sh", ["-c", "head -c 64M /dev/urandom > \(path)"])
        let values = Mutex<[CollapseProgress]>([])
        _ = try await Collapse(
            source: CollapseSource(path: path, format: .raw),
            target: CollapseTarget(path: directory.path("flat.raw"), format: .raw()),
            options: options()
        ).run { value in values.withLock { $0.append(value) } }
        let seen = values.withLock { $0 }
        #expect(seen.last?.copiedBytes == 128 << 20)
        #expect(seen.last?.fraction == 1)
        #expect(seen.last?.totalIsExact == true)
        for (earlier, later) in zip(seen, seen.dropFirst()) {
            #expect(earlier.fraction <= later.fraction)
        }
        for value in seen where value.copiedBytes <= 64 << 20 { #expect(value.fraction <= 0.5) }
    }

    @Test("a pass that is longer than those before it is expected, and progress never goes back")
    func longerPass() {
        let fractions = Mutex<[Double]>([])
        let meter = ProgressMeter { value in fractions.withLock { $0.append(value.fraction) } }
        meter.beginPass(followedBy: 1, ofAtLeast: 60)
        var total = ProgressMeter.Total(plannedBytes: 4, isExact: true)
        meter.update(total)
        meter.add(4)
        meter.report()
        meter.beginPass(followedBy: 0)
        meter.report()
        total.plannedBytes = 60
        meter.update(total)
        meter.add(28)
        meter.report()
        let expected = [0.0625, 0.0625, 0.5]
        #expect(fractions.withLock { $0 } == expected)
    }

    @Test("a device is read back whole, however little was copied, and progress never goes back")
    func deviceProgress() async throws {
        let path = directory.path("sparse.raw")
        try Command.runSuccessfully("truncate", ["--size=64M", path])
        try QemuImg.io(path, ["write -q -P 1 3M 2M"], format: "raw")
        let device = try LoopDevice(byteCount: 64 << 20)
        let values = Mutex<[CollapseProgress]>([])
        var target = CollapseTarget(path: device.path, format: .raw())
        target.replacesExisting = true
        _ = try await Collapse(
            source: CollapseSource(path: path, format: .raw),
            target: target,
            options: options()
        ).run { value in values.withLock { $0.append(value) } }
        let seen = values.withLock { $0 }
        #expect(seen.last?.copiedBytes == 66 << 20)
        #expect(seen.last?.fraction == 1)
        for (earlier, later) in zip(seen, seen.dropFirst()) {
            #expect(earlier.fraction <= later.fraction)
        }
    }

    @Test("what was not flushed is not read back")
    func unflushed() async throws {
        var options = options()
        options.durability = .unflushed
        let collapse = Collapse(
            source: CollapseSource(path: directory.path("none")),
            target: CollapseTarget(path: directory.path("target"), format: .raw()),
            options: options
        )
        let error = await #expect(throws: CollapseError.self) { _ = try await collapse.run() }
        #expect(error?.code == .invalidOptions)
    }
}

/// What a broken disk, or a broken program, makes of a target between writing and reading.
enum TargetFault: CaseIterable {
    case strayByte, lostSector, cutShort, tooLong, noImage, otherSize, lostTable, lostEntry
    case strayEntry

    /// The formats that have something to break.
    var formats: [CollapseTarget.Format] {
        switch self {
        case .strayByte, .lostSector, .cutShort: [.raw(), .qcow2()]
        case .tooLong: [.raw()]
        default: [.qcow2()]
        }
    }

    /// Breaks a target whose data begins at 1 MiB of the disk.
    func strike(_ file: TargetFile, isRaw: Bool) throws {
        let source = try file.readBack()
        func word(at offset: UInt64) throws -> UInt64 {
            try source.bytes(at: offset, count: 8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        func place(_ word: UInt64) -> UInt64 { word & 0x00ff_ffff_ffff_fe00 }
        let l1 = try isRaw ? 0 : word(at: 40)
        let l2 = try isRaw ? 0 : place(word(at: l1))
        let entry = l2 + 16 * 8
        let data = try isRaw ? 1 << 20 : place(word(at: entry))
        switch self {
        case .strayByte: try file.write([2], at: data + 70_001)
        case .lostSector: try file.write([UInt8](repeating: 0, count: 512), at: data + 512)
        case .cutShort: try file.setByteCount(data + 65_536)
        case .tooLong: try file.setByteCount(source.byteCount + 512)
        case .noImage: try file.write([UInt8](repeating: 0, count: 4096), at: 0)
        case .otherSize: try file.write([0x81], at: 30)
        case .lostTable: try file.write([UInt8](repeating: 0, count: 8), at: l1)
        case .lostEntry: try file.write([UInt8](repeating: 0, count: 8), at: entry)
        case .strayEntry: try file.write([0x80, 0, 0, 0, 0xff], at: entry)
        }
    }
}

@Suite("Targets that do not read as they should")
struct TargetFaultTests {
    private let directory: TemporaryDirectory
    private let chain: ImageChain
    private let options: CollapseOptions

    init() throws {
        directory = try TemporaryDirectory()
        let top = directory.path("top.qcow2")
        try QemuImg.create(top, size: 8 << 20)
        try QemuImg.io(top, ["write -q -P 1 1M 1M"])
        chain = try ImageChain(top: top)
        var options = CollapseOptions()
        options.verifies = true
        self.options = options
    }

    /// Copies the chain, and lets something happen to the target before it is read back.
    private func proveCopy(
        as format: CollapseTarget.Format,
        _ cancellation: Cancellation = Cancellation(),
        _ event: (TargetFile) throws -> Void
    ) throws {
        let target = CollapseTarget(path: directory.path("target"), format: format)
        let publication = try Publication(target, chain: chain, options)
        defer { publication.abandon() }
        let writer: any TargetWriter =
            if case .qcow2(let creation, let format) = format {
                try QCow2Writer(
                    publication.file,
                    of: chain,
                    creation,
                    format,
                    baseLayer: nil,
                    options
                )
            } else {
                try RawWriter(publication.file, of: chain, preallocation: .off, options)
            }
        let meter = ProgressMeter { _ in }
        let proof = try CollapseProof(of: chain, base: nil, writer, options, meter, cancellation)
        try proof.writer.begin()
        _ = try CopyEngine(chain, proof.writer, meter, cancellation).run(threads: 2)
        try proof.writer.finish()
        try event(publication.file)
        let digests = try proof.digests(of: publication.file, as: format)
        #expect(digests.source != nil && digests.source == digests.target)
    }

    @Test("a target that nothing happened to is as it should be")
    func sound() throws {
        for format in [CollapseTarget.Format.raw(), .qcow2()] { try proveCopy(as: format) { _ in } }
    }

    @Test(
        "a target that reads otherwise, or not at all, is an error",
        arguments: TargetFault.allCases
    )
    func fault(fault: TargetFault) throws {
        for format in fault.formats {
            var isRaw = false
            if case .raw = format { isRaw = true }
            let error = #expect(throws: CollapseError.self) {
                try proveCopy(as: format) { try fault.strike($0, isRaw: isRaw) }
            }
            #expect(error?.code == .verificationFailed)
            #expect(error?.message.contains(directory.path("target")) == true)
        }
    }

    @Test("reading back can be stopped")
    func cancelled() throws {
        let cancellation = Cancellation()
        let error = #expect(throws: CollapseError.self) {
            try proveCopy(as: .raw(), cancellation) { _ in cancellation.cancel() }
        }
        #expect(error?.code == .cancelled)
    }
}
