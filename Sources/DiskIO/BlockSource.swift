// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Something bytes are read from at an offset: a file, a map of one, or, in tests, a failing disk.
package protocol BlockSource: AnyObject, Sendable {
    /// The path that errors show.
    var path: String { get }
    /// The size in bytes when the source was opened.
    var byteCount: UInt64 { get }

    /// Fills the whole span from `offset`.
    ///
    /// - Throws: `IOError` when a call fails or the source ends before the span does.
    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError)

    /// Tells that a range will be read soon, so that a disk can be asked for many at once.
    func announce(at offset: UInt64, byteCount: UInt64)

    /// The first range at or after `offset` that may hold anything but zeros.
    ///
    /// - Returns: a range within the source, or nil when only zeros follow.
    func nextData(at offset: UInt64) throws(IOError) -> Range<UInt64>?

    /// The bytes that the source occupies on its file system.
    func allocatedBytes() throws(IOError) -> UInt64
}

extension BlockSource {
    package func announce(at offset: UInt64, byteCount: UInt64) {}

    package func allocatedBytes() throws(IOError) -> UInt64 { byteCount }

    package func nextData(at offset: UInt64) throws(IOError) -> Range<UInt64>? {
        offset < byteCount ? offset..<byteCount : nil
    }

    /// Fills `range` of a buffer from `offset`.
    package func read(
        at offset: UInt64,
        into buffer: IOBuffer,
        _ range: Range<Int>
    ) throws(IOError) {
        try buffer.withMutableBytes(range) { (bytes) throws(IOError) in
            try read(at: offset, into: &bytes)
        }
    }

    /// The `count` bytes at `offset`, which the caller has bounded.
    package func bytes(at offset: UInt64, count: Int) throws(IOError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        // SAFETY: bytes have no padding.
        var raw = unsafe span.mutableBytes
        try read(at: offset, into: &raw)
        return bytes
    }
}
