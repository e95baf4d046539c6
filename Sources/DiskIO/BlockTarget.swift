// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// Something bytes are written to at an offset: a new file, a block device or, in tests, a failing
/// disk.
package protocol BlockTarget: AnyObject, Sendable {
    /// The path that errors show.
    var path: String { get }
    /// True when what was never written reads as zeros: a new file, but not a used device.
    var startsZeroed: Bool { get }

    /// Writes the whole span.
    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError)
    /// Makes the first bytes of a device read as zeros in one step, where the device can do that
    /// itself.
    ///
    /// - Returns: false when it cannot; nothing was changed then.
    func clear(byteCount: UInt64) throws(IOError) -> Bool
    /// Makes a range read as zeros, without taking space where that can be had.
    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError)
    /// Writes zeros to a range, taking its space.
    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError)
    /// Takes space for a range without changing what it reads as.
    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError)
    /// Sharing less than this takes longer than copying it.
    var minimumShareBytes: UInt64 { get }
    /// True when the target can share blocks with a source: one file system has both, and it can.
    func canShare(with source: any BlockSource) -> Bool
    /// Lets a range share its blocks with a range of a source.
    ///
    /// - Throws: `IOError`; nothing was changed then, and the bytes may be copied instead.
    func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError)
    /// Sets a file's length; a device must be at least that long.
    func setByteCount(_ byteCount: UInt64) throws(IOError)
    /// Returns when everything written is on stable storage.
    func flush() throws(IOError)
}

extension BlockTarget {
    package func clear(byteCount: UInt64) throws(IOError) -> Bool { false }

    package var minimumShareBytes: UInt64 { 64 << 10 }

    package func canShare(with source: any BlockSource) -> Bool { false }

    package func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError) { throw IOError(sharingAt: offset, of: path, .notSupported) }

    /// Writes `range` of a buffer.
    package func write(
        _ buffer: IOBuffer,
        _ range: Range<Int>,
        at offset: UInt64
    ) throws(IOError) {
        try buffer.withBytes(range) { (bytes) throws(IOError) in try write(bytes, at: offset) }
    }

    /// Writes the bytes of an array.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws(IOError) {
        // SAFETY: bytes have no padding.
        try write(unsafe bytes.span.bytes, at: offset)
    }
}

extension IOError {
    init(sharingAt offset: UInt64, of path: String, _ errno: Errno) {
        self.init(call: "ioctl FICLONERANGE", path: path, offset: offset, cause: .errno(errno))
    }
}
