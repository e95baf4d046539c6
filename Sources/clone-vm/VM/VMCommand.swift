// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm vm`.
struct VMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vm",
        abstract: "VMs: what they are made of, and which there are.",
        subcommands: [
            VMAddCommand.self, VMListCommand.self, VMShowCommand.self, VMRemoveCommand.self,
            VMStartCommand.self,
            VMStopCommand.self, VMSetStatusCommand.self,
        ]
    )
}
