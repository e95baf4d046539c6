// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import SystemPackage

/// A file that is read from its disk, as far as that can be had, and not from the page cache.
///
/// Whole blocks are read past the cache where the file system does so. Everything else goes through
/// it, after it has given up what it had of the file: that is all, once the file is flushed.
final class DiskSource: BlockSource {
    private let file: File
    /// The same file, opened to be read past the page cache; nil where the file system does not.
    private let direct: File?
    var path: String { file.path }
    var byteCount: UInt64 { file.byteCount }

    /// Opens a file once more, with the size that it has by now.
    init(rereading written: File) throws(IOError) {
        cshims_drop_cached(written.descriptor, 0, 0)
        file = try written.reopened(O_RDONLY)
        direct = try? written.reopened(O_RDONLY | cshims_direct_flag())
    }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        // SAFETY: the span's own memory, for the length of the call.
        try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(IOError) in
            let blocks =
                unsafe direct == nil
                ? 0..<0 : DirectBlocks.within(UnsafeRawBufferPointer(buffer), at: offset)
            for part in [0..<blocks.lowerBound, blocks, blocks.upperBound..<buffer.count] {
                // SAFETY: the three parts lie one behind the other in the buffer.
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[part])
                let place = offset + UInt64(part.lowerBound)
                // SAFETY: a part of the span's memory, still during its call.
                try unsafe read(at: place, into: rest, part == blocks ? direct : nil)
            }
        }
    }

    private func read(
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ direct: File?
    ) throws(IOError) {
        do throws(IOError) {
            // SAFETY: the caller's memory, during its call.
            try unsafe (direct ?? file).read(at: offset, into: buffer)
        } catch {
            // Some file systems open what they do not read so, or want larger blocks.
            guard direct != nil, error.has(.invalidArgument) else { throw error }
            // SAFETY: as above.
            try unsafe file.read(at: offset, into: buffer)
        }
    }

    func nextData(at offset: UInt64) throws(IOError) -> Range<UInt64>? {
        try file.nextData(at: offset)
    }
}
