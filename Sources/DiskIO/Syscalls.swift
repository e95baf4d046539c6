// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import SystemPackage

/// The system calls, each retried when a signal interrupts it.
///
/// Nothing else in the project makes one.
enum Syscalls {
    static var lastError: Errno { Errno(rawValue: Glibc.errno) }

    /// Repeats a call while it answers EINTR; true unless it failed.
    static func succeeds(_ call: () -> Int32) -> Bool { retrying { Int(call()) } >= 0 }

    /// Repeats a call while it answers -1 and EINTR.
    static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            guard result < 0, Glibc.errno == EINTR else { return result }
        }
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) -> Int32 {
        // SAFETY: the string outlives the call.
        Int32(retrying { unsafe Int(Glibc.open(path, flags | O_CLOEXEC, mode)) })
    }

    static func status(of descriptor: Int32) -> stat? {
        var status = stat()
        // SAFETY: `status` is a valid structure for the call to fill.
        return succeeds { unsafe fstat(descriptor, &status) } ? status : nil
    }

    /// What a path, given as a C string, leads to; nil when the call fails.
    static func status(at path: UnsafePointer<CChar>) -> stat? {
        var status = stat()
        // SAFETY: the caller's string; `status` is a valid structure for the call to fill.
        return succeeds { unsafe stat(path, &status) } ? status : nil
    }

    /// One pread(2): the bytes read, 0 at the end of the file, or -1.
    static func read(
        _ descriptor: Int32,
        into bytes: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) -> Int {
        // SAFETY: the buffer's own base and length.
        retrying { unsafe pread(descriptor, bytes.baseAddress, bytes.count, Int(offset)) }
    }

    /// What of a read the page cache has, from its start: the bytes read, or -1 when it has nothing, or
    /// the file system does not tell.
    static func readCached(
        _ descriptor: Int32,
        into bytes: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) -> Int {
        guard let offset = Int64(exactly: offset) else { return -1 }
        // SAFETY: the buffer's own base and length.
        return retrying {
            unsafe Int(cshims_read_cached(descriptor, bytes.baseAddress, bytes.count, offset))
        }
    }

    /// One pwrite(2): the bytes written, or -1.
    static func write(
        _ descriptor: Int32,
        from bytes: UnsafeRawBufferPointer,
        at offset: UInt64
    ) -> Int {
        // SAFETY: the buffer's own base and length.
        retrying { unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, Int(offset)) }
    }
}

/// Raises the process's limit of open files to what the system allows, for chains of many layers.
///
/// - Returns: the number of files that may be open at once.
@discardableResult
package func raiseOpenFileLimit() -> Int {
    var limit = rlimit()
    // SAFETY: `limit` is a valid structure for both calls.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
        return 1024
    }
    if limit.rlim_cur < limit.rlim_max {
        limit.rlim_cur = limit.rlim_max
        // SAFETY: as above.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return Int(clamping: limit.rlim_cur)
}
