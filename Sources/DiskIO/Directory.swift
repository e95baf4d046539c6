// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import SystemPackage

/// Changes to names in directories, as publication needs them.
package enum Directory {
    /// Gives a file a name that nothing has, in one step that only one attempt can win.
    ///
    /// - Throws: `IOError` with `.fileExists` when the name is taken.
    package static func publish(_ path: String, as name: String) throws(IOError) {
        // SAFETY: both strings outlive the call.
        if Syscalls.succeeds({ unsafe cshims_rename_exclusively(path, name) }) { return }
        // Some file systems know no exclusive rename; a hard link is exclusive everywhere.
        guard Syscalls.lastError == .invalidArgument else { throw .last("rename", name) }
        // SAFETY: both strings outlive the calls.
        guard Syscalls.succeeds({ unsafe link(path, name) }) else { throw .last("link", name) }
        try remove(path)
    }

    /// Gives a file a name, in place of what had it.
    package static func replace(_ name: String, by path: String) throws(IOError) {
        // SAFETY: both strings outlive the call.
        guard Syscalls.succeeds({ unsafe rename(path, name) }) else { throw .last("rename", name) }
    }

    /// Removes a name.
    package static func remove(_ path: String) throws(IOError) {
        // SAFETY: the string outlives the call.
        guard Syscalls.succeeds({ unsafe unlink(path) }) else { throw .last("unlink", path) }
    }

    /// Removes a directory that has nothing in it.
    package static func removeEmpty(_ path: String) throws(IOError) {
        // SAFETY: the string outlives the call.
        guard Syscalls.succeeds({ unsafe rmdir(path) }) else { throw .last("rmdir", path) }
    }

    /// Returns when the directory's names are on stable storage.
    package static func flush(_ path: String) throws(IOError) {
        let descriptor = Syscalls.open(path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        // EINVAL: the file system has nothing to flush.
        guard Syscalls.succeeds({ fsync(descriptor) }) || Syscalls.lastError == .invalidArgument
        else { throw .last("fsync", path) }
    }

    /// The last part of a path.
    package static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(decoding: path.utf8[path.utf8.index(after: slash)...], as: UTF8.self)
    }

    /// The directory part of a path; `.` for a bare name.
    package static func parent(of path: String) -> String {
        // By bytes: a slash before a combining mark is still a slash to the kernel.
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex
            ? "/" : String(decoding: path.utf8[..<slash], as: UTF8.self)
    }

    /// The absolute path of what a path names, without symbolic links; the path itself when it names
    /// nothing.
    package static func resolved(_ path: String) -> String {
        // SAFETY: realpath allocates the string that is freed here.
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// What a path names, after symbolic links; nil when it names nothing.
    package static func kind(of path: String) -> Kind? {
        // SAFETY: the string outlives the call.
        guard let status = unsafe Syscalls.status(at: path) else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .regular(File.Identity(status))
        case S_IFBLK: .blockDevice(File.Identity(status))
        default: .other
        }
    }

    /// Whether a path names a block device.
    package static func isBlockDevice(_ path: String) -> Bool {
        if case .blockDevice? = kind(of: path) { true } else { false }
    }

    /// What a path can name.
    package enum Kind: Hashable, Sendable {
        case regular(File.Identity)
        case blockDevice(File.Identity)
        case other
    }
}
