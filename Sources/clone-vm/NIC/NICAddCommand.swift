// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm nic add`.
struct NICAddCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Gives a VM one more network card.",
        usage: "clone-vm nic add <vm> <name> [<options>]"
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "What to call the card.")
    var name: String

    @Option(help: "What the guest believes the card to be.")
    var model = NetworkInterface.Model.virtio

    @Option(help: "The network that it is plugged into.")
    var network: String?

    @Option(help: ArgumentHelp("Its address; else the next that is free.", valueName: "address"))
    var mac: MACAddress?

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        var command = AddNIC(vmID: try client.vm(vm), name: name)
        (command.model, command.network, command.macAddress) = (model, network, mac)
        let card = try client.run(command)
        client.show(NICDocument(card), "Network card \(name) added: \(card.macAddress)")
    }
}
