// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm snapshot list`.
struct SnapshotListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists a VM's snapshots, and its present state at the end.",
        usage: "clone-vm snapshot list <vm> [<options>]"
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let snapshots = try client.ask(ListSnapshots(vmID: client.vm(vm), search.listing()))
        client.list(snapshots.map(SnapshotDocument.init))
    }
}
