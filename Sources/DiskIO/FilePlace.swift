// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Where a file or directory lies: its absolute path without symbolic links.
///
/// Kept as the bytes that the file system has: texts that are equal to Unicode can be two files.
package struct FilePlace: Hashable, Sendable, CustomStringConvertible {
    private static let slash = UInt8(ascii: "/")
    private let bytes: [UInt8]

    /// The place of what a path leads to, a directory too; nil when it has no name any more.
    package init?(of path: String) throws(IOError) {
        let descriptor = try FoundFile.find(path)
        defer { close(descriptor) }
        try self.init(of: descriptor, File.status(of: descriptor, path), path)
    }

    /// The place of a file that was found; nil when the file cannot be found there: its name is gone,
    /// something is mounted over it, or it lies in another process's view of the file system.
    init?(of descriptor: Int32, _ status: stat, _ path: String) throws(IOError) {
        let room = Int(PATH_MAX)
        var buffer = [CChar](repeating: 0, count: room)
        let link = FoundFile.link(to: descriptor)
        // SAFETY: the array has `room` bytes; it and the string outlive the call.
        let count = unsafe readlink(link, &buffer, room)
        guard count >= 0 else { throw .last("readlink \(link)", path) }
        // A path that fills the buffer may be cut off.
        guard count < room, buffer[0] == CChar(FilePlace.slash) else { return nil }
        // SAFETY: the array outlives the call; a 0 follows the bytes that were filled.
        let there = unsafe Syscalls.status(at: buffer)
        guard there.map(File.Identity.init) == File.Identity(status) else { return nil }
        bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The directory that has the file; the root's is the root.
    package var parent: FilePlace {
        let end = bytes.lastIndex(of: FilePlace.slash) ?? 0
        return FilePlace(bytes: Array(bytes[..<max(end, 1)]))
    }

    /// True when the file is, or lies anywhere below, `other`.
    package func isWithin(_ other: FilePlace) -> Bool {
        guard bytes.starts(with: other.bytes) else { return false }
        return bytes.count == other.bytes.count || other.bytes.last == FilePlace.slash
            || bytes[other.bytes.count] == FilePlace.slash
    }

    /// True for the root directory.
    package var isRoot: Bool { bytes == [FilePlace.slash] }

    /// The path as it is typed in a shell.
    package var shellWord: String {
        let isPlain = { (character: Character) in
            character.isLetter || character.isNumber || "/._-+,:@%=".contains(character)
        }
        guard !description.allSatisfy(isPlain) else { return description }
        let parts = description.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: #"'\''"#) + "'"
    }

    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
