// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A file that the kernel shows as a block device; nobody but root can make one.
public final class LoopDevice: Sendable {
    private struct NeedsRoot: Error, CustomStringConvertible {
        let description = "only root makes loop devices: sudo Scripts/test"
    }

    /// The device.
    public let path: String
    /// The file behind it.
    public let file: String
    private let directory: TemporaryDirectory

    /// Makes a device of zeros.
    public init(byteCount: Int) throws {
        guard geteuid() == 0 else { throw NeedsRoot() }
        directory = try TemporaryDirectory()
        file = directory.path("disk")
        try Command.runSuccessfully("truncate", ["--size=\(byteCount)", file])
        let output = try Command.runSuccessfully("losetup", ["--find", "--show", file])
        path = output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { _ = try? Command.run("losetup", ["--detach", path]) }
}
