// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

@Suite("Options of new images")
struct CreationOptionsTests {
    private func invalid(
        diskBytes: UInt64 = 1 << 20,
        _ change: (inout CreationOptions) -> Void
    ) -> CreationOptions.Invalid? {
        var options = CreationOptions()
        change(&options)
        do throws(CreationOptions.Invalid) {
            _ = try ImageLayout(options: options, diskBytes: diskBytes, sharesClusters: false)
        } catch { return error }
        return nil
    }

    @Test("what qemu-img takes when it is told nothing is what we take")
    func defaults() throws {
        let directory = try TemporaryDirectory()
        try QemuImg.create(directory.path("image"), size: 1 << 20)
        let facts = try ImageInfo(of: directory.path("image"))
        let options = CreationOptions()
        #expect(options.version == (facts.specific.data.compat == "1.1" ? 3 : 2))
        #expect(options.clusterBytes == facts.clusterSize)
        #expect(options.refcountBits == facts.specific.data.refcountBits)
        #expect(options.hasExtendedL2 == facts.specific.data.extendedL2)
        #expect(options.hasLazyRefcounts == facts.specific.data.lazyRefcounts)
        #expect(options.compressionType.name == facts.specific.data.compressionType)
        #expect(invalid { _ in } == nil)
    }

    @Test(
        "cluster sizes are powers of two from 512 to 2 MiB",
        arguments: 0...22 as ClosedRange<UInt64>
    )
    func clusterSize(bits: UInt64) {
        for bytes in [1 << bits, (1 << bits) + 1, (1 << bits) &- 1] as [UInt64] {
            let isValid = bytes.nonzeroBitCount == 1 && (512...2 << 20).contains(bytes)
            #expect((invalid { $0.clusterBytes = bytes } == nil) == isValid, "\(bytes)")
            let extended = invalid {
                $0.clusterBytes = bytes
                $0.hasExtendedL2 = true
            }
            #expect((extended == nil) == (isValid && bytes >= 16_384), "\(bytes) extended")
        }
    }

    @Test("absurd cluster sizes are refused", arguments: [0, 1 << 31, 1 << 63, .max] as [UInt64])
    func absurdClusterSize(bytes: UInt64) {
        #expect(invalid { $0.clusterBytes = bytes }?.reason.contains("\(bytes) bytes") == true)
    }

    @Test("refcounts have 1 to 64 bits, a power of two", arguments: -1...70)
    func refcountBits(bits: Int) {
        let isValid = [1, 2, 4, 8, 16, 32, 64].contains(bits)
        #expect((invalid { $0.refcountBits = bits } == nil) == isValid)
    }

    @Test("versions 2 and 3 exist", arguments: [0, 1, 2, 3, 4, .max] as [UInt32])
    func version(version: UInt32) {
        #expect((invalid { $0.version = version } == nil) == [2, 3].contains(version))
    }

    @Test("what version 2 does not have is refused by name")
    func version2() {
        let changes: [(String, (inout CreationOptions) -> Void)] = [
            ("refcount_bits", { $0.refcountBits = 8 }),
            ("extended_l2", { $0.hasExtendedL2 = true }),
            ("lazy_refcounts", { $0.hasLazyRefcounts = true }),
            ("compression_type zstd", { $0.compressionType = .zstd }),
        ]
        for (name, change) in changes {
            #expect(invalid(change) == nil)
            let reason = invalid {
                $0.version = 2
                change(&$0)
            }?.reason
            #expect(
                reason?.hasPrefix(name) == true && reason?.hasSuffix("needs compat 1.1") == true
            )
        }
    }

    @Test("only zlib has a window to choose", arguments: CompressionType.allCases)
    func window(type: CompressionType) {
        let error = invalid {
            $0.compressionWindow = .large
            $0.compressionType = type
        }
        #expect((error == nil) == (type == .zlib))
    }

    @Test(
        "a disk has at most 4194304 L1 entries",
        arguments: [(9, 128 << 30), (12, 8 << 40), (16, 2 << 50), (21, 2 << 60)]
            as [(UInt64, UInt64)]
    )
    func diskSize(bits: UInt64, most: UInt64) {
        #expect(invalid(diskBytes: most) { $0.clusterBytes = 1 << bits } == nil)
        let error = invalid(diskBytes: most + 512) { $0.clusterBytes = 1 << bits }
        #expect(error?.reason.contains("needs larger clusters than \(1 << bits) bytes") == true)
    }

    @Test(
        "a backing name fits into the first cluster and has at most 1023 bytes",
        arguments: [
            // The header, the format's extension, the end: 112 or 72, 16 and 8 bytes.
            (3, 512, 512 - 136), (2, 512, 512 - 96), (3, 1024, 1024 - 136), (3, 2048, 1023),
            (2, 1024, 1024 - 96), (3, 65_536, 1023),
        ] as [(UInt32, UInt64, Int)]
    )
    func backingName(version: UInt32, clusterBytes: UInt64, most: Int) throws {
        func error(_ count: Int) -> CreationOptions.Invalid? {
            invalid {
                $0.version = version
                $0.clusterBytes = clusterBytes
                let name = String(repeating: "n", count: count)
                $0.backing = CreationOptions.BackingName(name: name, format: "qcow2")
            }
        }
        #expect(error(1) == nil)
        #expect(error(most) == nil)
        #expect(error(most + 1)?.reason.contains("\(most + 1) bytes does not fit") == true)
        #expect(error(5000) != nil)
    }
}
