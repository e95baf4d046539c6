// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A directory of its own under $TMPDIR (or /var/tmp), removed with everything in it at the end.
public final class TemporaryDirectory: Sendable {
    /// The parent of all temporary files of the tests.
    public static let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"

    /// The directory's absolute path.
    public let path: String

    /// Creates an empty directory with a name not used before.
    public init() throws {
        path = Self.unusedPath()
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of a file in the directory; the file need not exist.
    public func path(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// A short path that no file has: backing names must fit into a cluster of 512 bytes.
    static func unusedPath() -> String {
        let directory = URL(fileURLWithPath: parent, isDirectory: true).path
        return "\(directory)/clone-image-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }
}
