// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm job`.
struct JobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Work that goes on, and that has ended.",
        subcommands: [
            JobListCommand.self, JobShowCommand.self, JobWatchCommand.self, JobCancelCommand.self,
        ]
    )
}
