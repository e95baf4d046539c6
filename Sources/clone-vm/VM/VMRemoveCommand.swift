// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm remove`.
struct VMRemoveCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a VM, its snapshots, and the disks that no other VM has.",
        discussion: "Files that were adopted stay where they are."
    )

    @Argument(help: "Its name or id.")
    var vm: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(RemoveVM(id: client.vm(vm)))
        client.done()
    }
}
