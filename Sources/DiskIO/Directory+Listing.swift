// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension Directory {
    /// The names of everything in a directory, in no order.
    package static func names(in path: String) throws(IOError) -> [String] {
        // SAFETY: the string outlives the call; the stream is closed below and used by nobody else.
        guard let stream = unsafe opendir(path) else { throw .last("opendir", path) }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while true {
            Glibc.errno = 0
            // SAFETY: the entry is valid until the next call; its name ends with a zero.
            guard let entry = unsafe readdir(stream) else { break }
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe names.append(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        guard Glibc.errno == 0 else { throw .last("readdir", path) }
        return names
    }

    /// The bytes that are free on a directory's file system for who is not root.
    package static func freeBytes(in path: String) throws(IOError) -> UInt64 {
        let status = try fileSystem(of: path)
        return bytes(UInt64(status.f_bavail), of: status)
    }

    /// The bytes of a directory's file system, free or not.
    package static func totalBytes(in path: String) throws(IOError) -> UInt64 {
        let status = try fileSystem(of: path)
        return bytes(UInt64(status.f_blocks), of: status)
    }

    private static func fileSystem(of path: String) throws(IOError) -> statvfs {
        var status = statvfs()
        // SAFETY: the string outlives the call; `status` is a valid structure for it to fill.
        guard Syscalls.succeeds({ unsafe statvfs(path, &status) }) else {
            throw .last("statvfs", path)
        }
        return status
    }

    private static func bytes(_ blocks: UInt64, of status: statvfs) -> UInt64 {
        let (bytes, isTooMany) = blocks.multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMany ? .max : bytes
    }

    /// Which regular file has a name; nil when nothing has it, or a link, or something else.
    package static func identity(of path: String) -> File.Identity? {
        var status = stat()
        // SAFETY: `status` is a valid structure for the call to fill.
        guard Syscalls.succeeds({ unsafe lstat(path, &status) }),
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return File.Identity(status)
    }
}
