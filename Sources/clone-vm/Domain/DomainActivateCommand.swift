// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm domain activate`.
struct DomainActivateCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Takes a storage domain into use again.",
        usage: "clone-vm domain activate <domain> [<options>]"
    )

    @Argument(help: "Its name or id.")
    var domain: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(SetStorageDomainStatus(id: client.domain(domain), status: .active))
        client.done()
    }
}
