// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm event`.
struct EventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "What has happened.",
        subcommands: [
            EventListCommand.self, EventFollowCommand.self,
        ]
    )
}
