// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm list`.
struct VMListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists VMs.",
        usage: "clone-vm vm list [<options>]"
    )

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        client.list(try client.ask(ListVMs(search.listing())).map(VMDocument.init))
    }
}
