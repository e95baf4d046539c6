// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc

/// A file's bytes through a memory map, for the metadata tables of an image.
///
/// Bytes leave the map as copies only, and the kernel makes the copies: a page that cannot be read,
/// because the file shrank or its disk failed, is an `IOError` and never a signal. Pages are given
/// back when they have been read, so a map of any size costs no memory.
// SAFETY: `base` is a mapping of `byteCount` bytes until deinit, and every use of it is bounded.
@safe package final class MappedFile: BlockSource {
    /// The kernel maps at most this much, as aligned in memory, around a page that is read: what one
    /// of its page tables describes.
    private static let releasedBytes = 2 << 20

    package let file: File
    package var path: String { file.path }
    package var byteCount: UInt64 { file.byteCount }
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer?

    /// Maps the whole file.
    package init(_ file: File) throws(IOError) {
        self.file = file
        guard file.byteCount > 0 else {
            unsafe base = nil
            return
        }
        // SAFETY: a new mapping; its address is taken from the kernel.
        let map = unsafe mmap(
            nil,
            Int(file.byteCount),
            PROT_READ,
            MAP_SHARED,
            file.descriptor,
            0
        )
        guard unsafe map != MAP_FAILED else { throw .last("mmap", file.path) }
        unsafe base = map
    }

    deinit {
        // SAFETY: the range that init mapped.
        if let base = unsafe base { unsafe munmap(base, Int(byteCount)) }
    }

    package func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        // SAFETY: the span's own memory, for the length of the call.
        try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(IOError) in
            guard unsafe !copy(at: offset, into: buffer) else { return }
            // The map could not be read: the call on the descriptor says why, or succeeds.
            try unsafe file.read(at: offset, into: buffer)
        }
    }

    /// True when the whole buffer could be filled from the map.
    private func copy(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard let base = unsafe base, let target = buffer.baseAddress,
            offset <= byteCount, UInt64(buffer.count) <= byteCount - offset
        else { return false }
        // SAFETY: the range lies inside the map, as checked above.
        let count = unsafe cshims_copy_mapped(target, base.advanced(by: Int(offset)), buffer.count)
        releasePages(Int(offset)..<(Int(offset) + buffer.count))
        return count == Int64(buffer.count)
    }

    /// Gives the pages of a range back, and those that the kernel mapped around them; they come from
    /// the file again when they are read again.
    private func releasePages(_ range: Range<Int>) {
        guard let base = unsafe base else { return }
        // The kernel's units are aligned in memory, wherever in the file they are.
        let (unit, skew) = (
            MappedFile.releasedBytes, Int(bitPattern: base) % MappedFile.releasedBytes
        )
        let start = max((range.lowerBound + skew) / unit * unit - skew, 0)
        let end = (range.upperBound + skew + unit - 1) / unit * unit - skew
        unsafe _ = madvise(base + start, min(end, Int(byteCount)) - start, MADV_DONTNEED)
    }
}
