// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk unplug`.
struct DiskUnplugCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "unplug",
        abstract: "Takes a disk out of the sight of a VM's guest.",
        usage: "clone-vm disk unplug <vm> <disk> [<options>]"
    )

    @OptionGroup var names: DiskOfVM

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.plug(names, isPlugged: false)
    }
}
