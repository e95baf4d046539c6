// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk list`.
struct DiskListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists disks, where they lie, and which VMs have them.",
        usage: "clone-vm disk list [<options>]"
    )

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let domains = try client.domainNames()
        client.list(try client.ask(ListDisks(search.listing())).map { DiskDocument($0, domains) })
    }
}
