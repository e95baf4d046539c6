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

    /// The path of the file that opening a path finds or makes: a link to nothing leads to the place
    /// where that is to be.
    ///
    /// - Throws: `IOError` when links lead in a circle, or the kernel does not follow somebody's link.
    package static func destination(of path: String) throws(IOError) -> String {
        var place = path
        while let name = try linkToNothing(place) {
            let isAbsolute = name.utf8.first == UInt8(ascii: "/")
            place = isAbsolute ? name : "\(parent(of: place))/\(name)"
        }
        return resolved(place)
    }

    /// What a symbolic link names that leads to nothing; nil for anything else.
    private static func linkToNothing(_ path: String) throws(IOError) -> String? {
        let room = Int(PATH_MAX)
        var buffer = [CChar](repeating: 0, count: room)
        // SAFETY: the array has `room` bytes; it and the string outlive the call.
        let count = unsafe readlink(path, &buffer, room)
        // SAFETY: the string outlives the call.
        guard count > 0, unsafe Syscalls.status(at: path) == nil else { return nil }
        guard Syscalls.lastError == .noSuchFileOrDirectory, count < room else {
            throw .last("open", path)
        }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
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

    /// Whether the process may write to what a path names.
    package static func isWritable(_ path: String) -> Bool {
        // SAFETY: the string outlives the call.
        Syscalls.succeeds { unsafe faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) }
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
