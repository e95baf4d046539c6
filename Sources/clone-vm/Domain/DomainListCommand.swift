// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm domain list`.
struct DomainListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists storage domains with the space that is free.",
        usage: "clone-vm domain list [<options>]"
    )

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        client.list(try client.ask(ListStorageDomains(search.listing())).map(DomainDocument.init))
    }
}
