// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm disk add`.
struct DiskAddCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes an empty disk for a VM.",
        usage: "clone-vm disk add <vm> <alias> --domain <domain> --size <size>",
        discussion: """
            Example:
              clone-vm disk add web data --domain fast --size 10G --format raw
            """
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "What to call the disk.")
    var alias: String

    @Option(help: "The storage domain's name or id.")
    var domain: String

    @Option(help: "The size that the guest sees, as in 512M or 10G.")
    var size: ByteCount

    @Option(help: "cow is qcow2: it takes space as it is written.")
    var format = Volume.Format.cow

    @Option(help: "Whether space is taken as it is written, or all at once.")
    var allocation = Volume.Allocation.sparse

    @Flag(help: "Several VMs may have it, and write to it, at the same time.")
    var shareable = false

    @OptionGroup var attachment: AttachmentOptions

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if size.bytes == 0 { throw ValidationError("--size must be more than 0") }
    }

    func run(with client: Client) throws {
        var command = AddDisk(
            vmID: try client.vm(vm),
            domainID: try client.domain(domain),
            alias: alias,
            capacityBytes: size.bytes
        )
        command.shape = VolumeShape(format, allocation)
        (command.isShareable, command.wish) = (shareable, attachment.wish)
        try client.show(try client.run(command))
    }
}
