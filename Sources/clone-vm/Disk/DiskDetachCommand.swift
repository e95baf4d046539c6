// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk detach`.
struct DiskDetachCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach",
        abstract: "Takes a disk from a VM; the disk stays, and any VM may be given it.",
        usage: "clone-vm disk detach <vm> <disk> [<options>]"
    )

    @OptionGroup var names: DiskOfVM

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let vmID = try client.vm(names.vm)
        let diskID = try client.ask(ShowVM(id: vmID)).configuration.disk(names.disk)
        try client.run(DetachDisk(diskID: diskID, vmID: vmID))
        client.done()
    }
}
