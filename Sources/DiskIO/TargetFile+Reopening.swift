// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension TargetFile {
    /// Opens and locks a file that an earlier process has created; errors show the name it will get.
    ///
    /// Nil when it is no regular file, is locked by somebody or, with `isOwn`, is another user's.
    package convenience init?(
        reopening path: String,
        shownAs finalPath: String? = nil,
        _ mode: Mode = Mode(),
        isOwn: Bool = true
    ) throws(IOError) {
        guard let identity = Directory.identity(of: path) else { return nil }
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK
        let file = try File(path, flags, mode: 0, shownAs: finalPath)
        guard file.identity == identity, isOwn ? try file.isOwn() : true,
            try file.lock(for: .write), Directory.identity(of: path) == identity
        else { return nil }
        try self.init(file, mode, isNew: true)
    }
}

extension File {
    /// True when the file belongs to the user whose process this is.
    fileprivate func isOwn() throws(IOError) -> Bool {
        guard let status = Syscalls.status(of: descriptor) else { throw .last("fstat", path) }
        return status.st_uid == geteuid()
    }
}
