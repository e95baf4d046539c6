// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm nic`.
struct NICCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nic",
        abstract: "Network cards of VMs.",
        subcommands: [
            NICAddCommand.self
        ]
    )
}
