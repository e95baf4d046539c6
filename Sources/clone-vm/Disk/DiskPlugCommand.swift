// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk plug`.
struct DiskPlugCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "plug",
        abstract: "Lets a VM's guest see a disk."
    )

    @OptionGroup var names: DiskOfVM

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.plug(names, isPlugged: true)
    }
}

extension Client {
    /// Plugs or unplugs one of a VM's disks.
    func plug(_ names: DiskOfVM, isPlugged: Bool) throws {
        let id = try vm(names.vm)
        let diskID = try ask(ShowVM(id: id)).configuration.disk(names.disk)
        try run(PlugDisk(diskID: diskID, vmID: id, isPlugged: isPlugged))
        done()
    }
}
