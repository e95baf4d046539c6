// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// The command line's entry.
@main
struct CloneImage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone-image",
        abstract: "Turns the snapshot chain of a disk image into a clean, independent copy.",
        discussion: """
            Exit codes:
              0    done
              1    a system call failed
              2    the source is damaged, not supported, incomplete or has no such snapshot
              3    the target exists or cannot be used; nothing was touched
              64   wrong usage
              129, 130, 143   stopped by SIGHUP, SIGINT, SIGTERM; nothing was left behind
            """,
        version: "0.1.0",
        subcommands: [CollapseCommand.self]
    )
}
