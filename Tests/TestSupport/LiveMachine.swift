// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A virtual machine whose guest does nothing but write numbered records to its disk, for ever.
///
/// Its disk is a chain of layers that grows by live snapshots: node `layer0` is `layer0.qcow2`, the
/// base.
public final class LiveMachine {
    private let directory: TemporaryDirectory
    private let process: MonitoredProcess
    private var snapshots = 0

    /// Starts the machine and returns when its guest writes.
    public init(in directory: TemporaryDirectory) throws {
        self.directory = directory
        let boot = try RecordingGuest.bootDisk(in: directory)
        let base = directory.path("layer0.qcow2")
        try QemuImg.create(base, size: RecordingGuest.diskBytes)
        process = try MonitoredProcess(
            "qemu-system-x86_64",
            [
                "-machine", "pc,accel=tcg", "-m", "16", "-nodefaults", "-no-user-config",
                "-display", "none", "-debugcon", "file:\(directory.path("console"))",
                "-qmp", "stdio",
                "-blockdev", "raw,node-name=boot,file.driver=file,file.filename=\(boot)",
                "-device", "ide-hd,drive=boot,bootindex=0",
                "-blockdev", "qcow2,node-name=layer0,file.driver=file,file.filename=\(base)",
                "-device", "ide-hd,drive=layer0,bootindex=1",
            ]
        )
        try awaitRecords(1)
    }

    /// The path of a layer, the base being 0.
    public func layer(_ number: Int) -> String { directory.path("layer\(number).qcow2") }

    /// How many records the guest has written.
    public func records() throws -> Int {
        let console = try Data(contentsOf: URL(fileURLWithPath: directory.path("console")))
        guard console.allSatisfy({ $0 == RecordingGuest.success }) else {
            throw RefusedError(description: "the guest could not write a record")
        }
        return console.count
    }

    /// Returns when the guest has written so many records more.
    public func awaitRecords(_ count: Int) throws {
        let goal = try records() + count
        let deadline = ContinuousClock.now + .seconds(30)
        while try records() < goal {
            guard ContinuousClock.now < deadline else {
                throw RefusedError(description: "the guest does not write")
            }
            usleep(5_000)
        }
    }

    /// Takes a snapshot: the top layer is frozen, and the guest goes on in a new one above it.
    ///
    /// - Returns: the numbers between which the last record in the frozen layer lies.
    public func takeSnapshot() throws -> ClosedRange<Int> {
        let next = layer(snapshots + 1)
        try QemuImg.create(next, size: RecordingGuest.diskBytes, backing: layer(snapshots))
        let before = try records()
        try process.execute(
            "blockdev-snapshot-sync",
            [
                "node-name": "layer\(snapshots)", "snapshot-node-name": "layer\(snapshots + 1)",
                "snapshot-file": next, "format": "qcow2", "mode": "existing",
            ]
        )
        snapshots += 1
        return before...(try records() + 1)
    }

    /// Merges a layer into the one below it while the guest goes on.
    ///
    /// - Throws: `RefusedError` with QEMU's words.
    public func commit(_ number: Int) throws {
        try process.execute(
            "block-commit",
            [
                "job-id": "job", "device": "layer\(snapshots)", "top-node": "layer\(number)",
                "base-node": "layer\(number - 1)",
            ]
        )
        try process.awaitJob()
    }

    /// Copies into a layer what it has from the one below it, which it then no longer needs.
    ///
    /// - Throws: `RefusedError` with QEMU's words.
    public func stream(_ number: Int) throws {
        try process.execute(
            "block-stream",
            [
                "job-id": "job", "device": "layer\(number)", "base-node": "layer\(number - 2)",
            ]
        )
        try process.awaitJob()
    }
}
