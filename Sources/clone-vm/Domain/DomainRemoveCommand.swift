// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm domain remove`.
struct DomainRemoveCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forgets a storage domain without disks; its directory stays.",
        usage: "clone-vm domain remove <domain> [<options>]"
    )

    @Argument(help: "Its name or id.")
    var domain: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(RemoveStorageDomain(id: client.domain(domain)))
        client.done()
    }
}
