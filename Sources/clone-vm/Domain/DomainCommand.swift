// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm domain`.
struct DomainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "domain",
        abstract: "Storage domains: directories that disks lie in.",
        subcommands: [
            DomainAddCommand.self, DomainListCommand.self, DomainRemoveCommand.self,
            DomainMaintenanceCommand.self, DomainActivateCommand.self,
        ]
    )
}
