// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import QCow2

/// An image in memory that takes a number of writes, and then no more.
private final class MemoryImage: BlockSource, BlockTarget {
    let path = "memory.qcow2"
    let byteCount: UInt64
    let startsZeroed = false
    private let content: Mutex<[UInt8]>
    private let writesLeft: Mutex<Int>

    init(_ bytes: [UInt8], writes: Int = .max) {
        byteCount = UInt64(bytes.count)
        content = Mutex(bytes)
        writesLeft = Mutex(writes)
    }

    var bytes: [UInt8] { content.withLock { $0 } }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        let part = content.withLock { Array($0[Int(offset)..<(Int(offset) + bytes.byteCount)]) }
        for (index, byte) in part.enumerated() {
            bytes.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
    }

    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        let isFull = writesLeft.withLock { left in
            left -= 1
            return left < 0
        }
        guard !isFull else {
            throw IOError(call: "write", path: path, offset: offset, cause: .unexpectedEnd)
        }
        let new = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        content.withLock { content in
            content.replaceSubrange(Int(offset)..<(Int(offset) + new.count), with: new)
        }
    }

    func flush() throws(IOError) {}
    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func setByteCount(_ byteCount: UInt64) throws(IOError) {}
}

@Suite("Checking refcounts")
struct RefcountCheckTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// An image with leaks, a snapshot where there is room for its counts, and compressed clusters.
    private func image(seed: UInt64, _ path: String, isDamaged: Bool) throws {
        var random = SeededGenerator(seed: seed)
        let bits = random.pick([1, 2, 4, 8, 16, 32, 64])
        try QemuImg.create(
            path,
            size: 4 << 20,
            options: ["cluster_size=4096", "refcount_bits=\(bits)"]
        )
        try QemuImg.io(path, ["write -q -P 1 0 60k", "write -q -z 1M 8k", "write -q -P 5 3M 12k"])
        if bits > 1 {
            try QemuImg.io(path, ["write -q -c -P 3 2M 4k", "write -q -c -P 4 2052k 4k"])
        }
        if isDamaged, bits > 8 { try QemuImg.snapshot("first", of: path) }
        var damage = try ImageDamage(path)
        if isDamaged { damage.damage(&random) }
        for place in damage.l2Places.prefix(8) { damage.dropEntry(at: place) }
        try damage.save()
    }

    private struct Outcome: Equatable {
        let report: CheckReport
        let findings: [String]
    }

    private func outcome(_ bytes: [UInt8], windowClusters: UInt64) throws -> Outcome {
        let image = MemoryImage(bytes)
        let qcow2 = try QCow2Image(header: Header(reading: image), metadata: image, clusters: image)
        let findings = Mutex<[String]>([])
        var check = try RefcountCheck(of: qcow2, windowClusters: windowClusters) { finding in
            findings.withLock { $0.append(finding) }
        }
        return Outcome(report: try check.run(), findings: findings.withLock { $0.sorted() })
    }

    @Test("small windows find the same as large ones", arguments: 1...20 as ClosedRange<UInt64>)
    func windows(seed: UInt64) throws {
        let path = directory.path("a")
        try image(seed: seed, path, isDamaged: true)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        // Without its snapshot table nothing can be checked.
        guard let expected = try? outcome(bytes, windowClusters: 1 << 20) else { return }
        for windowClusters: UInt64 in [1, 7, 16, 33] {
            #expect(try outcome(bytes, windowClusters: windowClusters) == expected, "seed \(seed)")
        }
    }

    @Test("a repair that stops leaves fewer leaks and nothing worse", arguments: [4096, 1])
    func interrupted(windowClusters: UInt64) throws {
        for seed: UInt64 in 1...7 {
            let path = directory.path("a\(seed)")
            try image(seed: seed, path, isDamaged: false)
            let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
            let before = try outcome(bytes, windowClusters: 1 << 20)
            var leaks = before.report.leaks
            #expect(leaks > 0 && before.report.corruptions == 0)
            for writes in 1...Int(before.report.leaks) {
                let image = MemoryImage(bytes, writes: writes)
                let qcow2 = try QCow2Image(
                    header: Header(reading: image),
                    metadata: image,
                    clusters: image
                )
                var check = try RefcountCheck(
                    of: qcow2,
                    windowClusters: windowClusters,
                    repairing: image,
                    tell: { _ in }
                )
                _ = try? check.run()
                try Data(image.bytes).write(to: URL(fileURLWithPath: path))
                let after = try outcome(image.bytes, windowClusters: 1 << 20)
                #expect(after.report.corruptions == 0)
                #expect(after.report.leaks == leaks - 1)
                leaks = after.report.leaks
            }
            try QemuImg.check(path)
        }
    }

    @Test("counts that do not fit into 16 bits are kept, and others stop at the largest refcount")
    func largeCounts() throws {
        var wide = ReferenceCounts(window: 10..<20, refcountOrder: 6)
        for (references, sum) in [(65_534, 65_534), (1, 65_535), (1, 65_536), (1 << 40, 0)] {
            #expect(try wide.add(UInt64(references), to: 12) == 0)
            if sum > 0 { #expect(wide[12] == UInt64(sum)) }
        }
        #expect(wide[12] == 65_536 + 1 << 40 && wide[13] == 0)
        #expect(try wide.add(.max, to: 12) == 65_536 + 1 << 40)
        var narrow = ReferenceCounts(window: 0..<4, refcountOrder: 1)
        #expect(try narrow.add(2, to: 3) == 0)
        #expect(try narrow.add(2, to: 3) == 1)
        #expect(narrow[3] == 3)
        var usual = ReferenceCounts(window: 0..<4, refcountOrder: 4)
        #expect(try usual.add(70_000, to: 0) == 70_000 - 65_535)
        #expect(usual[0] == 65_535)
    }
}
