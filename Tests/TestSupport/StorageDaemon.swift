// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A `qemu-storage-daemon`: a program that has images open as a VM has, without a VM.
public final class StorageDaemon {
    private let process: MonitoredProcess

    /// Starts one that has nothing open.
    public init() throws {
        let words = ["--chardev", "stdio,id=monitor", "--monitor", "chardev=monitor"]
        process = try MonitoredProcess("qemu-storage-daemon", words)
    }

    /// Opens a qcow2 image for writing under a name.
    ///
    /// - Throws: `RefusedError` with QEMU's words.
    public func open(_ path: String, as name: String) throws {
        try process.execute(
            "blockdev-add",
            [
                "driver": "qcow2", "node-name": name,
                "file": ["driver": "file", "filename": path],
            ]
        )
    }

    /// Closes an image.
    public func close(_ name: String) throws {
        try process.execute("blockdev-del", ["node-name": name])
    }
}
