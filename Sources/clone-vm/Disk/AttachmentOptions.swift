// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// How a VM gets a disk attached.
struct AttachmentOptions: ParsableArguments {
    @Option(help: "How the guest talks to the disk.")
    var interface = DiskAttachment.Interface.virtio

    @Option(
        help: ArgumentHelp("The place among the disks that the VM starts from.", valueName: "n")
    )
    var bootOrder: Int?

    @Flag(help: "The guest cannot write to it.")
    var readOnly = false

    @Flag(help: "The guest does not see it until it is plugged.")
    var unplugged = false

    func validate() throws {
        guard let bootOrder, bootOrder < 1 else { return }
        throw ValidationError("--boot-order is a number from 1, not \(bootOrder)")
    }

    var wish: AttachmentWish {
        var wish = AttachmentWish()
        (wish.interface, wish.bootOrder) = (interface, bootOrder)
        (wish.isReadOnly, wish.isPlugged) = (readOnly, !unplugged)
        return wish
    }
}

/// A VM, and a disk that it has or is to have.
struct DiskOfVM: ParsableArguments {
    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "The disk's alias or id.")
    var disk: String
}

extension Client {
    /// Shows a disk that a command has made.
    func show(_ disk: Disk) throws {
        let entry = try ask(ShowDisk(id: disk.id))
        show(DiskDocument(entry, try domainNames()), "Disk \(disk.alias) added: \(disk.id)")
    }
}
