// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk remove`.
struct DiskRemoveCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a disk with all its snapshots' states.",
        discussion: """
            A later clone of a snapshot that had the disk lacks it, and says so. \
            Files that were adopted stay where they are.
            """
    )

    @Argument(help: "The disk's alias or id.")
    var disk: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(RemoveDisk(id: client.disk(disk)))
        client.done()
    }
}
