// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import SystemPackage

/// What somebody does with an image file, or lets others do, as QEMU tells other programs by locks.
///
/// For each permission two bytes of the file are locked, at 100 "I use it" and at 200 "I do not let
/// others use it"; every lock is a shared one that lasts as long as the descriptor is open. After
/// taking its own, a program looks whether others hold what contradicts them.
package struct FilePermissions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What is read is a state of the disk that existed.
    package static let consistentRead = FilePermissions(rawValue: 1 << 0)
    package static let write = FilePermissions(rawValue: 1 << 1)
    package static let resize = FilePermissions(rawValue: 1 << 3)

    /// The bytes from `first` on that stand for the permissions.
    fileprivate func bytes(from first: Int64) -> [Int64] {
        (0..<8).filter { rawValue >> UInt8($0) & 1 == 1 }.map { first + $0 }
    }
}

/// How a program means to use a file, and what it wants from all others meanwhile.
package struct FileUse: Hashable, Sendable {
    let used: FilePermissions
    let forbidden: FilePermissions

    /// Reading what nobody may change.
    package static let read = FileUse(used: .consistentRead, forbidden: [.write, .resize])
    /// Reading, whoever writes.
    package static let readShared = FileUse(used: .consistentRead, forbidden: [])
    /// Reading what the image says of itself, which nobody may change.
    package static let inspect = FileUse(used: [], forbidden: [.write, .resize])
    /// Writing alone.
    package static let write = FileUse(
        used: [.consistentRead, .write, .resize],
        forbidden: [.write, .resize]
    )
}

extension File {
    private static let firstUsedByte: Int64 = 100
    private static let firstForbiddenByte: Int64 = 200

    /// Takes the locks that announce a use, until the file is closed.
    ///
    /// - Returns: false when another program uses the file in a way that contradicts it; nothing is
    ///   locked then.
    /// - Throws: `IOError` when the file system knows no such locks.
    package func lock(for use: FileUse) throws(IOError) -> Bool {
        let own =
            use.used.bytes(from: File.firstUsedByte)
            + use.forbidden.bytes(from: File.firstForbiddenByte)
        let others =
            use.used.bytes(from: File.firstForbiddenByte)
            + use.forbidden.bytes(from: File.firstUsedByte)
        for byte in own {
            guard Syscalls.succeeds({ cshims_lock_byte(descriptor, byte) }) else {
                let error = IOError.last("fcntl F_OFD_SETLK", path, at: UInt64(byte))
                guard error.isHeldByOthers else { throw error }
                cshims_unlock(descriptor)
                return false
            }
        }
        for byte in others {
            let isHeld = cshims_is_byte_locked(descriptor, byte)
            guard isHeld >= 0 else { throw .last("fcntl F_OFD_GETLK", path, at: UInt64(byte)) }
            if isHeld == 1 {
                cshims_unlock(descriptor)
                return false
            }
        }
        return true
    }
}

extension File {
    /// Opens a regular file that no living process has locked, in whatever way, and locks it against
    /// everybody until it is closed.
    ///
    /// - Returns: nil when somebody has locked the file, or the path names none, or names a link or
    ///   something else.
    /// - Throws: `IOError` when it cannot be opened for writing or the file system knows no locks.
    package static func abandoned(_ path: String) throws(IOError) -> File? {
        guard Directory.identity(of: path) != nil else { return nil }
        let file = try File(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK, mode: 0)
        guard Syscalls.succeeds({ cshims_lock_whole(file.descriptor) }) else {
            let error = IOError.last("fcntl F_OFD_SETLK", path)
            guard error.isHeldByOthers else { throw error }
            return nil
        }
        return Directory.identity(of: path) == file.identity ? file : nil
    }
}

extension File {
    /// Opens a file, which is made where there is none, and locks it against everybody until it is
    /// closed.
    ///
    /// - Returns: nil when somebody else has locked it.
    /// - Throws: `IOError` when it cannot be opened for writing or the file system knows no locks.
    package static func locked(_ path: String) throws(IOError) -> File? {
        let file = try File(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
        guard Syscalls.succeeds({ cshims_lock_whole(file.descriptor) }) else {
            let error = IOError.last("fcntl F_OFD_SETLK", path)
            guard error.isHeldByOthers else { throw error }
            return nil
        }
        return file
    }
}

extension IOError {
    /// True when a lock was not to be had because another description has one.
    fileprivate var isHeldByOthers: Bool {
        has(.resourceTemporarilyUnavailable) || has(.permissionDenied)
    }
}
