// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import SystemPackage

/// A file with old contents that says it does not start zeroed.
final class OldTarget: BlockTarget {
    private let descriptor: FileDescriptor
    let path: String
    let startsZeroed = false

    init(_ path: String) throws {
        self.path = path
        descriptor = try FileDescriptor.open(FilePath(path), .readWrite)
    }

    deinit { try? descriptor.close() }

    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        do {
            let count = try unsafe bytes.withUnsafeBytes { buffer in
                try unsafe descriptor.writeAll(toAbsoluteOffset: Int64(offset), buffer)
            }
            precondition(count == bytes.byteCount)
        } catch {
            throw IOError(call: "write", path: path, offset: offset, cause: .errno(.ioError))
        }
    }

    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try write([UInt8](repeating: 0, count: Int(byteCount)), at: offset)
    }

    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try writeZeros(at: offset, byteCount: byteCount)
    }

    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func setByteCount(_ byteCount: UInt64) throws(IOError) {}
    func flush() throws(IOError) {}
}

/// A target that takes a number of writes and then is full.
final class FailingTarget: BlockTarget {
    private let left: Mutex<Int>
    private let sawHeader = Mutex(false)
    let path = "/failing"
    let startsZeroed = true

    init(writes: Int) { left = Mutex(writes) }

    /// True when the beginning of the file was written.
    var hasHeader: Bool { sawHeader.withLock { $0 } }

    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        let isFull = left.withLock { left in
            left -= 1
            return left < 0
        }
        guard !isFull else {
            throw IOError(call: "write", path: path, offset: offset, cause: .errno(.noSpace))
        }
        if offset == 0 { sawHeader.withLock { $0 = true } }
    }

    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func setByteCount(_ byteCount: UInt64) throws(IOError) {}
    func flush() throws(IOError) {}
}

/// A new file that shares by copying, and refuses some ranges.
final class RefusingTarget: BlockTarget {
    private let file: TargetFile
    private let bits: Int
    private let errno: Errno
    private let calls = Mutex(0)
    /// How often it was asked to share.
    var callCount: Int { calls.withLock(\.self) }
    var path: String { file.path }
    let startsZeroed = true

    /// Shares at the calls whose number, counted from 0 and modulo 3, is a bit that is set.
    init(_ path: String, sharing bits: Int, with errno: Errno = .invalidArgument) throws {
        file = try TargetFile(creating: path)
        self.bits = bits
        self.errno = errno
    }

    func canShare(with source: any BlockSource) -> Bool { true }

    func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError) {
        let call = calls.withLock { calls in
            defer { calls += 1 }
            return calls
        }
        guard bits & 1 << (call % 3) != 0 else {
            throw IOError(call: "share", path: path, offset: offset, cause: .errno(errno))
        }
        try file.write(source.bytes(at: sourceOffset, count: Int(byteCount)), at: offset)
    }

    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        try file.write(bytes, at: offset)
    }

    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try file.writeZeros(at: offset, byteCount: byteCount)
    }

    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try file.zero(at: offset, byteCount: byteCount)
    }

    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try file.allocate(at: offset, byteCount: byteCount)
    }

    func setByteCount(_ byteCount: UInt64) throws(IOError) { try file.setByteCount(byteCount) }
    func flush() throws(IOError) { try file.flush() }
}
