// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm show`.
struct VMShowCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a VM with its disks, network cards and snapshots."
    )

    @Argument(help: "Its name or id.")
    var vm: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let document = WholeVMDocument(try client.ask(ShowVM(id: client.vm(vm))))
        client.show(document, document.page)
    }
}
