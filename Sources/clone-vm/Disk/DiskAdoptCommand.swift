// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Foundation

/// `clone-vm disk adopt`.
struct DiskAdoptCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Makes an existing image, with all below it, a VM's disk.",
        usage: "clone-vm disk adopt <vm> <path> [<options>]",
        discussion: """
            The files stay where they are, and stay when the disk is removed.

            Example:
              clone-vm disk adopt web /srv/images/top.qcow2 --alias root --boot-order 1
            """
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "The top image of a chain.", completion: .file())
    var path: String

    @Option(help: "The image's format; else its first bytes tell.")
    var format: Volume.Format?

    @Option(help: "What to call the disk; else as the file, without its extension.")
    var alias: String?

    @Flag(help: "Several VMs may have it, and write to it, at the same time.")
    var shareable = false

    @OptionGroup var attachment: AttachmentOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let file = URL(filePath: path)
        var command = AdoptDisk(
            vmID: try client.vm(vm),
            path: file.path,
            format: format,
            alias: alias ?? file.deletingPathExtension().lastPathComponent
        )
        (command.isShareable, command.wish) = (shareable, attachment.wish)
        try client.show(try client.run(command))
    }
}
