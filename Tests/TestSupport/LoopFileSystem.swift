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
    public init(_ kind: Kind) throws {
        guard geteuid() == 0 else { throw NeedsRoot() }
        directory = try TemporaryDirectory()
        let image = directory.path("image")
        try Command.runSuccessfully("truncate", ["--size=512M", image])
        try Command.runSuccessfully("mkfs.\(kind.rawValue)", ["-q", image])
        try FileManager.default.createDirectory(
            atPath: mountPoint,
            withIntermediateDirectories: false
        )
        try Command.runSuccessfully("mount", ["-o", "loop", image, mountPoint])
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
