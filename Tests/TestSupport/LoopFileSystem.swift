// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A file system of its own in a sparse file, mounted while the object lives; only root can.
public final class LoopFileSystem: Sendable {
    /// File systems whose files can share blocks.
    public enum Kind: String, Sendable, CaseIterable { case xfs, btrfs }

    private struct NeedsRoot: Error, CustomStringConvertible {
        let description = "only root mounts file systems: sudo Scripts/test"
    }

    private let directory: TemporaryDirectory
    private var mountPoint: String { directory.path("mounted") }

    /// Makes and mounts an empty file system of 512 MiB, which takes space only for what it holds.
    public convenience init(_ kind: Kind) throws {
        try self.init(kind.rawValue, ["-q"], megabytes: 512)
    }

    /// A small ext4 without a journal, whose disk lies in a directory of the caller's if one is given.
    public convenience init(ext4Megabytes megabytes: Int, diskIn parent: String? = nil) throws {
        try self.init("ext4", ["-q", "-O", "^has_journal"], megabytes: megabytes, diskIn: parent)
    }

    private init(
        _ type: String,
        _ flags: [String],
        megabytes: Int,
        diskIn parent: String? = nil
    ) throws {
        guard geteuid() == 0 else { throw NeedsRoot() }
        directory = try TemporaryDirectory()
        let image = (parent ?? directory.path) + "/image"
        try Command.runSuccessfully("truncate", ["--size=\(megabytes)M", image])
        try Command.runSuccessfully("mkfs.\(type)", flags + [image])
        try FileManager.default.createDirectory(
            atPath: mountPoint,
            withIntermediateDirectories: false
        )
        try Command.runSuccessfully("mount", ["-o", "loop", image, mountPoint])
    }

    /// Lets nobody write any more.
    public func makeReadOnly() throws {
        try Command.runSuccessfully("mount", ["-o", "remount,ro", mountPoint])
    }

    /// Lazily: a file of the test may be closed a moment later.
    deinit { _ = try? Command.run("umount", ["--lazy", mountPoint]) }

    /// The absolute path of a file in the file system; the file need not exist.
    public func path(_ name: String) -> String { "\(mountPoint)/\(name)" }

    /// The bytes that the file system's files take, after everything has reached its disk.
    public func usedBytes() throws -> UInt64 {
        try Command.runSuccessfully("sync", ["--file-system", mountPoint])
        let words = ["--output=used", "--block-size=1", mountPoint]
        let lines = try Command.runSuccessfully("df", words).text.split { $0 == "\n" }
        return lines.last.flatMap { UInt64($0.filter { $0 != " " }) } ?? 0
    }
}
