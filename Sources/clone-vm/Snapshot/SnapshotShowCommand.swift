// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm snapshot show`.
struct SnapshotShowCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a VM as it was when a snapshot was taken.",
        usage: "clone-vm snapshot show <vm> <snapshot> [<options>]"
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "The snapshot's description or id.")
    var snapshot: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let id = try client.snapshot(snapshot, of: client.vm(vm))
        let configuration = try client.ask(GetVmConfigurationBySnapshot(snapshotID: id))
        let document = ConfigurationDocument(id, configuration)
        client.show(document, document.page)
    }
}
