// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Foundation

/// `clone-vm disk add-lun`.
struct DiskAddLUNCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-lun",
        abstract: "Gives a block device straight to a VM.",
        usage: "clone-vm disk add-lun <vm> <path> [<options>]",
        discussion: "Other hosts may use it as well, so it has no snapshots and is never copied."
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "The block device.", completion: .file())
    var path: String

    @Option(help: "What to call the disk; else as the device.")
    var alias: String?

    @OptionGroup var attachment: AttachmentOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let device = URL(filePath: path)
        let name = alias ?? device.lastPathComponent
        var command = AddLUNDisk(vmID: try client.vm(vm), path: device.path, alias: name)
        command.wish = attachment.wish
        try client.show(try client.run(command))
    }
}
