// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// An open file or block device.
///
/// Closed when the last reference goes.
package final class File: Sendable {
    /// What the path names; nothing else is opened.
    package enum Kind: Hashable, Sendable { case regular, blockDevice }

    /// Which file it is, whatever its name; which device, whatever its node.
    package struct Identity: Hashable, Sendable {
        private let device: UInt64
        /// Nil for a block device.
        private let inode: UInt64?

        init(_ status: stat) {
            let isDevice = status.st_mode & S_IFMT == S_IFBLK
            device = UInt64(isDevice ? status.st_rdev : status.st_dev)
            inode = isDevice ? nil : UInt64(status.st_ino)
        }
    }

    package let path: String
    package let kind: Kind
    package let identity: Identity
    /// The size in bytes when the file was opened; a device's whole size.
    package let byteCount: UInt64
    let descriptor: Int32

    /// After a read had to wait for the disk, so many announcements are passed on to the kernel: of a
    /// file that is in the page cache each would cost a call for nothing.
    static let announcementsAfterMiss = 256
    let dueAnnouncements = Atomic(0)
    /// Where the range ended that was announced last.
    let announcedEnd = Atomic<UInt64>(0)
    static let pageBytes: UInt64 = 4096

    /// Opens for reading only.
    ///
    /// - Throws: `IOError`; with `.wrongKind` or `.madeByKernel` when the path leads to nothing that
    ///   holds a disk. That is not opened then: opening a FIFO or a device can have effects.
    package convenience init(readingFrom path: String) throws(IOError) {
        try self.init(reading: FoundFile(at: path))
    }

    /// Opens what was found, for reading only, whatever its path leads to by now.
    ///
    /// Does not wait for anybody who holds a lease of the file.
    package convenience init(reading found: borrowing FoundFile) throws(IOError) {
        try self.init(
            found.reopeningPath,
            O_RDONLY | O_NONBLOCK,
            mode: 0,
            shownAs: found.path,
            found.status
        )
    }

    /// Opens a path; errors show another where one is given.
    ///
    /// What is known of the file is not asked for again.
    init(
        _ path: String,
        _ flags: Int32,
        mode: mode_t,
        shownAs shown: String? = nil,
        _ known: stat? = nil
    ) throws(IOError) {
        let descriptor = Syscalls.open(path, flags, mode: mode)
        let path = shown ?? path
        guard descriptor >= 0 else { throw .last("open", path) }
        do throws(IOError) {
            let status = if let known { known } else { try File.status(of: descriptor, path) }
            kind = try File.kind(of: status, path)
            byteCount = try File.size(of: descriptor, kind, status, path)
            identity = Identity(status)
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

    static func status(of descriptor: Int32, _ path: String) throws(IOError) -> stat {
        guard let status = Syscalls.status(of: descriptor) else { throw .last("fstat", path) }
        return status
    }

    static func kind(of status: stat, _ path: String) throws(IOError) -> Kind {
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
