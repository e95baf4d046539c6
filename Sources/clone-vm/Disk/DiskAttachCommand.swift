// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk attach`.
struct DiskAttachCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Gives a disk that VMs may share to one more of them.",
        usage: "clone-vm disk attach <vm> <disk> [<options>]"
    )

    @OptionGroup var names: DiskOfVM

    @OptionGroup var attachment: AttachmentOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let (vmID, diskID) = (try client.vm(names.vm), try client.disk(names.disk))
        try client.run(AttachDisk(diskID: diskID, vmID: vmID, wish: attachment.wish))
        client.done()
    }
}
