// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Page-aligned memory that one worker owns and fills, scans and writes from.
@safe package final class IOBuffer {
    package let byteCount: Int
    private let base: UnsafeMutableRawPointer

    /// Memory of `byteCount` bytes, zeroed; none is taken before it is used.
    package init(byteCount: Int) {
        precondition(byteCount > 0, "a buffer of no bytes")
        self.byteCount = byteCount
        let (access, kind) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS)
        // SAFETY: a new mapping at a place of the kernel's choice.
        let start = unsafe mmap(nil, byteCount, access, kind, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            fatalError("there is no memory for a buffer of \(byteCount) bytes")
        }
        // SAFETY: unmapped in deinit only; every access below is checked against `byteCount`.
        unsafe base = start
    }

    // SAFETY: mapped in init, and no span outlives the calls that lend it.
    deinit { unsafe _ = munmap(base, byteCount) }

    /// Lends a part of the memory for reading.
    package func withBytes<R, E: Error>(
        _ range: Range<Int>,
        _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        // SAFETY: `slice` checks the range; the span lives during the call.
        try body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(slice(range))))
    }

    /// Lends a part of the memory for writing.
    package func withMutableBytes<R, E: Error>(
        _ range: Range<Int>,
        _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        // SAFETY: `slice` checks the range; the span lives during the call.
        var span = unsafe MutableRawSpan(_unsafeBytes: slice(range))
        return try body(&span)
    }

    /// A copy of a part.
    package func array(_ range: Range<Int>) -> [UInt8] {
        // SAFETY: `slice` checks the range.
        unsafe Array(slice(range))
    }

    /// Makes a part zero.
    package func zero(_ range: Range<Int>) {
        // SAFETY: `slice` checks the range.
        unsafe _ = slice(range).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Copies a part of another buffer to `start` of this one; the two may not be the same.
    package func copy(_ range: Range<Int>, of other: IOBuffer, to start: Int) {
        precondition(other !== self, "a buffer is not copied onto itself")
        let target = start..<(start + range.count)
        // SAFETY: both slices are checked and belong to different allocations.
        unsafe slice(target).copyMemory(from: UnsafeRawBufferPointer(other.slice(range)))
    }

    /// Copies a part to `start` of other memory.
    package func copy(_ range: Range<Int>, into bytes: inout MutableRawSpan, at start: Int) {
        precondition(start >= 0 && range.count <= bytes.byteCount - start, "outside the memory")
        // SAFETY: both parts were checked, and nobody else has the span's memory.
        unsafe bytes.withUnsafeMutableBytes { target in
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: target[start...])
            unsafe part.copyMemory(from: UnsafeRawBufferPointer(slice(range)))
        }
    }

    /// True when every byte of a part is zero.
    package func isZero(_ range: Range<Int>) -> Bool { withBytes(range) { $0.isZero } }

    private func slice(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "outside the buffer")
        // SAFETY: the range was checked above.
        let start = unsafe base.advanced(by: range.lowerBound)
        return unsafe UnsafeMutableRawBufferPointer(start: start, count: range.count)
    }
}
