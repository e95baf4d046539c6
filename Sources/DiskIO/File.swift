// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import SystemPackage

/// An open file or block device.
///
/// Closed when the last reference goes.
package final class File: Sendable {
    /// What the path names; nothing else is opened.
    package enum Kind: Hashable, Sendable { case regular, blockDevice }

    /// Which file it is, whatever its name.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    package let path: String
    package let kind: Kind
    package let identity: Identity
    /// The size in bytes when the file was opened; a device's whole size.
    package let byteCount: UInt64
    let descriptor: Int32

    /// Opens for reading only.
    ///
    /// - Throws: `IOError`; with `.notSupported` when the path is neither a regular file nor a
    ///   block device. Opening never blocks, whatever the path names.
    package convenience init(readingFrom path: String) throws(IOError) {
        try self.init(path, O_RDONLY | O_NONBLOCK, mode: 0)
    }

    /// Opens a path; errors show another where one is given.
    init(
        _ path: String,
        _ flags: Int32,
        mode: mode_t,
        shownAs shown: String? = nil
    ) throws(IOError) {
        let descriptor = Syscalls.open(path, flags, mode: mode)
        let path = shown ?? path
        guard descriptor >= 0 else { throw .last("open", path) }
        do throws(IOError) {
            let status = try File.status(of: descriptor, path)
            kind = try File.kind(of: status, path)
            byteCount = try File.size(of: descriptor, kind, status, path)
            identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The bytes the file occupies on its file system.
    package func allocatedBytes() throws(IOError) -> UInt64 {
        UInt64(try File.status(of: descriptor, path).st_blocks) * 512
    }

    /// The space that the file takes: a device all that it has.
    package func occupiedBytes() throws(IOError) -> UInt64 {
        kind == .blockDevice ? byteCount : try allocatedBytes()
    }

    /// What tells whether the file has changed: its number on the file system, its size, and when its
    /// content and its properties were changed last.
    package func version() throws(IOError) -> String {
        let status = try File.status(of: descriptor, path)
        let (content, properties) = (status.st_mtim, status.st_ctim)
        return "\(status.st_ino) \(status.st_size) \(content.tv_sec).\(content.tv_nsec) "
            + "\(properties.tv_sec).\(properties.tv_nsec)"
    }

    private static func status(of descriptor: Int32, _ path: String) throws(IOError) -> stat {
        guard let status = Syscalls.status(of: descriptor) else { throw .last("fstat", path) }
        return status
    }

    private static func kind(of status: stat, _ path: String) throws(IOError) -> Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFBLK: .blockDevice
        default: throw IOError(call: "open", path: path, cause: .wrongKind)
        }
    }

    private static func size(
        of descriptor: Int32,
        _ kind: Kind,
        _ status: stat,
        _ path: String
    ) throws(IOError) -> UInt64 {
        guard kind == .blockDevice else { return UInt64(status.st_size) }
        let bytes = cshims_block_device_size(descriptor)
        guard bytes >= 0 else { throw .last("ioctl BLKGETSIZE64", path) }
        return UInt64(bytes)
    }
}
