// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc

extension File {
    /// The same file, opened for writing past the page cache.
    func openedDirect() throws(IOError) -> File {
        do throws(IOError) { return try reopened(O_RDWR | cshims_direct_flag()) } catch {
            throw IOError(call: "open for direct writing", path: path, cause: error.cause)
        }
    }

    /// The same file, whatever has happened to its name.
    func reopened(_ flags: Int32) throws(IOError) -> File {
        try File("/proc/self/fd/\(descriptor)", flags | O_NONBLOCK, mode: 0, shownAs: path)
    }

    /// Writes the whole buffer, however many calls that takes.
    func write(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) {
        var done = 0
        while done < buffer.count {
            let place = offset + UInt64(done)
            // SAFETY: `done` is less than the count.
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe Syscalls.write(descriptor, from: rest, at: place)
            guard count > 0 else { throw writeError(at: place, UInt64(rest.count)) }
            done += count
        }
    }

    /// Why a write failed: a device has an end, which the kernel calls a full disk.
    private func writeError(at offset: UInt64, _ count: UInt64) -> IOError {
        let error = IOError.last("write", path, at: offset)
        let end = offset + count
        guard kind == .blockDevice, end > byteCount, error.isDiskFull else { return error }
        let cause = IOError.Cause.tooSmall(byteCount: byteCount, needed: end)
        return IOError(call: "write", path: path, offset: offset, cause: cause)
    }
}

extension File {
    /// Does what is due after a write.
    ///
    /// - Throws: `IOError` when an earlier write did not reach the disk: the kernel tells it once.
    func perform(_ steps: WriteBehind.Steps) throws(IOError) {
        if let range = steps.start { try synchronize(range, cshims_start_writing) }
        if let range = steps.finish {
            try synchronize(range, cshims_finish_writing)
            cshims_drop_cached(descriptor, Int64(range.lowerBound), Int64(range.count))
        }
    }

    private func synchronize(
        _ range: Range<UInt64>,
        _ call: (Int32, Int64, Int64) -> Int32
    ) throws(IOError) {
        let (offset, length) = (Int64(range.lowerBound), Int64(range.count))
        guard Syscalls.succeeds({ call(descriptor, offset, length) }) else {
            throw .last("sync_file_range", path, at: range.lowerBound)
        }
    }
}
