// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import Synchronization

extension File: BlockSource {
    package func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        // SAFETY: the span's own memory, for the length of the call.
        try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(IOError) in
            let cached = unsafe max(0, Syscalls.readCached(descriptor, into: buffer, at: offset))
            guard cached < buffer.count else { return }
            dueAnnouncements.store(File.announcementsAfterMiss, ordering: .relaxed)
            // SAFETY: `cached` is less than the count.
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[cached...])
            try unsafe read(at: offset + UInt64(cached), into: rest)
        }
    }

    package func announce(at offset: UInt64, byteCount: UInt64) {
        guard dueAnnouncements.load(ordering: .relaxed) > 0 else { return }
        dueAnnouncements.subtract(1, ordering: .relaxed)
        let last = announcedEnd.exchange(offset &+ byteCount, ordering: .relaxed)
        let distance = offset > last ? offset - last : last - offset
        // What goes on where the last range ended, the kernel reads ahead by itself, and better.
        guard distance > File.pageBytes else { return }
        cshims_read_ahead(descriptor, Int64(clamping: offset), Int64(clamping: byteCount))
    }

    /// Fills the buffer, however many calls that takes.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(IOError) {
        // No file reaches further, and the kernel cannot be asked.
        guard offset <= UInt64(Int64.max) - UInt64(buffer.count) else {
            throw IOError(call: "read", path: path, offset: offset, cause: .unexpectedEnd)
        }
        var done = 0
        while done < buffer.count {
            let place = offset + UInt64(done)
            // SAFETY: `done` is less than the count.
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe Syscalls.read(descriptor, into: rest, at: place)
            guard count >= 0 else { throw .last("read", path, at: place) }
            guard count > 0 else {
                throw IOError(call: "read", path: path, offset: place, cause: .unexpectedEnd)
            }
            done += count
        }
    }

    /// Forgets what the page cache has of the file, as far as it is on the disk: what others have written
    /// there by other ways is read then.
    package func forgetCached() { cshims_drop_cached(descriptor, 0, 0) }

    package func nextData(at offset: UInt64) throws(IOError) -> Range<UInt64>? {
        guard offset < byteCount else { return nil }
        guard kind == .regular else { return offset..<byteCount }
        let start = cshims_seek_data(descriptor, Int64(offset))
        guard start >= 0 else {
            // ENXIO: only a hole follows. Any other answer: the file system does not know.
            return Glibc.errno == ENXIO ? nil : offset..<byteCount
        }
        let end = cshims_seek_hole(descriptor, start)
        guard end > start, UInt64(start) < byteCount else {
            return UInt64(start) < byteCount ? UInt64(start)..<byteCount : nil
        }
        return UInt64(start)..<min(UInt64(end), byteCount)
    }
}
