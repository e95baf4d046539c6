// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm disk`.
struct DiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disk",
        abstract: "Disks of VMs.",
        subcommands: [
            DiskAddCommand.self, DiskAdoptCommand.self, DiskAddLUNCommand.self,
            DiskAttachCommand.self, DiskDetachCommand.self, DiskListCommand.self,
            DiskPlugCommand.self,
            DiskUnplugCommand.self, DiskRemoveCommand.self,
        ]
    )
}
