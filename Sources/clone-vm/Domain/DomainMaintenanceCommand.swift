// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm domain maintenance`.
struct DomainMaintenanceCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Takes a storage domain out of use: nothing is read from it or made in it.",
        usage: "clone-vm domain maintenance <domain> [<options>]"
    )

    @Argument(help: "Its name or id.")
    var domain: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(SetStorageDomainStatus(id: client.domain(domain), status: .maintenance))
        client.done()
    }
}
