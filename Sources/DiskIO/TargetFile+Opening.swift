// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc

extension TargetFile {
    /// Creates a new file; fails when the name is taken.
    ///
    /// Errors show the name it will get.
    package convenience init(
        creating path: String,
        shownAs finalPath: String? = nil,
        _ mode: Mode = Mode()
    ) throws(IOError) {
        let file = try File(
            path,
            O_RDWR | O_CREAT | O_EXCL,
            mode: mode.permissions,
            shownAs: finalPath
        )
        do throws(IOError) {
            try self.init(file, mode, isNew: true)
        } catch {
            try? Directory.remove(path)
            throw error
        }
    }

    /// Opens an existing block device for writing, refusing one that is in use as a file system.
    package convenience init(device path: String, _ mode: Mode = Mode()) throws(IOError) {
        let file = try File(path, O_RDWR | O_EXCL | O_NONBLOCK, mode: 0)
        guard file.kind == .blockDevice else {
            throw IOError(call: "open", path: path, cause: .wrongKind)
        }
        try self.init(file, mode)
    }

    /// Opens an existing file or device for writing, and changes nothing.
    package convenience init(opening path: String, _ mode: Mode = Mode()) throws(IOError) {
        if Directory.isBlockDevice(path) {
            try self.init(device: path, mode)
        } else {
            try self.init(File(path, O_RDWR | O_NONBLOCK, mode: 0), mode)
        }
    }

    /// Creates a file in a directory that no name leads to, and that is gone when it is closed.
    ///
    /// - Throws: `IOError`, as where the file system has no such files.
    package convenience init(unnamedIn directory: String) throws(IOError) {
        let file = try File(directory, O_RDWR | cshims_unnamed_flag(), mode: 0o600)
        try self.init(file, Mode(), isNew: true)
    }

    /// Opens what a path names, as it is, or makes it a new file, whose path is the target's then.
    package static func openingOrCreating(_ path: String) throws(IOError) -> TargetFile {
        guard Directory.kind(of: path) == nil else { return try TargetFile(opening: path) }
        let place = try Directory.destination(of: path)
        let file = try File(place, O_RDWR | O_CREAT | O_EXCL, mode: 0o644)
        return try TargetFile(file, Mode(), isNew: true)
    }

    /// Gives the target the permissions of a file that it is to replace, and its owner and group as
    /// far as the process may.
    package func adoptOwner(of replaced: File) throws(IOError) {
        guard let theirs = Syscalls.status(of: replaced.descriptor) else {
            throw .last("fstat", replaced.path)
        }
        // Nobody but root gives files away; the group can be any of the process's own.
        if !Syscalls.succeeds({ fchown(file.descriptor, theirs.st_uid, theirs.st_gid) }) {
            _ = Syscalls.succeeds { fchown(file.descriptor, .max, theirs.st_gid) }
        }
        guard Syscalls.succeeds({ fchmod(file.descriptor, theirs.st_mode & 0o7777) }) else {
            throw .last("fchmod", path)
        }
    }
}
