// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Synchronization

/// Bytes in memory, read like a file.
final class MemorySource: BlockSource {
    let path = "memory.qcow2"
    let content: [UInt8]
    var byteCount: UInt64 { UInt64(content.count) }

    init(_ content: [UInt8]) { self.content = content }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        let available = byteCount - min(offset, byteCount)
        guard UInt64(bytes.byteCount) <= available else {
            throw IOError(call: "read", path: path, offset: byteCount, cause: .unexpectedEnd)
        }
        for index in 0..<bytes.byteCount {
            bytes.storeBytes(of: content[Int(offset) + index], toByteOffset: index, as: UInt8.self)
        }
    }
}

/// A source with a hole behind its bytes.
final class SparseSource: BlockSource {
    private let base: any BlockSource
    private let count = Atomic<UInt64>(0)
    let byteCount: UInt64
    var path: String { base.path }
    /// How much of it was read.
    var readBytes: UInt64 { count.load(ordering: .relaxed) }

    init(_ base: any BlockSource, byteCount: UInt64) {
        (self.base, self.byteCount) = (base, byteCount)
    }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        count.add(UInt64(bytes.byteCount), ordering: .relaxed)
        guard offset < base.byteCount else {
            for index in 0..<(bytes.byteCount / 8) {
                bytes.storeBytes(of: 0, toByteOffset: index * 8, as: UInt64.self)
            }
            return
        }
        try base.read(at: offset, into: &bytes)
    }

    func allocatedBytes() throws(IOError) -> UInt64 { base.byteCount }
}

/// A disk that fails: from some read on, or wherever a read touches a range.
final class FaultySource: BlockSource {
    private let base: any BlockSource
    private let goodReads: Int
    private let badRange: Range<UInt64>
    private let reads = Atomic(0)

    var path: String { base.path }
    var byteCount: UInt64 { base.byteCount }
    /// How often it was read.
    var readCount: Int { reads.load(ordering: .relaxed) }

    init(
        _ base: any BlockSource,
        failingAfter goodReads: Int = .max,
        in badRange: Range<UInt64> = 0..<0
    ) {
        self.base = base
        self.goodReads = goodReads
        self.badRange = badRange
    }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        let number = reads.add(1, ordering: .relaxed).oldValue
        let range = offset..<(offset + UInt64(bytes.byteCount))
        guard number < goodReads, !range.overlaps(badRange) else { throw fault(at: offset) }
        try base.read(at: offset, into: &bytes)
    }

    /// The error of a read at an offset.
    func fault(at offset: UInt64) -> IOError {
        IOError(call: "read", path: path, offset: offset, cause: .unexpectedEnd)
    }
}
