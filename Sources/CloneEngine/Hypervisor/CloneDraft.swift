// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How a hypervisor is going to define a clone.
package struct CloneDraft: Codable, Hashable, Sendable {
    /// The hypervisor's name.
    package let hypervisor: String
    package let vmID: VirtualMachine.ID
    package let name: String
    /// In the hypervisor's words, with all secrets that the source has.
    package let definition: String
    /// A file that is copied before the definition is used, and removed when the clone is undone.
    package let firmwareState: FirmwareState?
    /// What people should know of the differences to the source, one sentence each.
    package let remarks: [String]

    package init(
        hypervisor: String,
        vmID: VirtualMachine.ID,
        name: String,
        definition: String,
        firmwareState: FirmwareState?,
        remarks: [String]
    ) {
        (self.hypervisor, self.vmID, self.name) = (hypervisor, vmID, name)
        (self.definition, self.firmwareState) = (definition, firmwareState)
        self.remarks = remarks
    }

    /// What a UEFI firmware keeps between two starts.
    package struct FirmwareState: Codable, Hashable, Sendable {
        package let source: String
        package let copy: String

        package init(source: String, copy: String) { (self.source, self.copy) = (source, copy) }
    }

    /// What a clone is to be.
    package struct Wish: Hashable, Sendable {
        package let sourceID: VirtualMachine.ID
        /// The snapshot's name.
        package let snapshot: String
        package let vmID: VirtualMachine.ID
        package let name: String
        package let details: VirtualMachine.Details
        /// New addresses of the network cards, by those that they have; the others keep theirs.
        package let macAddresses: [MACAddress: MACAddress]
        /// The disks that the clone starts with, by target; it has no others.
        package let disks: [String: Disk]
    }

    /// One disk of a clone.
    package enum Disk: Codable, Hashable, Sendable {
        case image(Image)
        /// The same disk as the source's.
        case shared
    }

    /// A new image in the place of one of the source's disks.
    package struct Image: Codable, Hashable, Sendable {
        package let path: String
        package let format: Volume.Format
        /// What the clone calls the disk: as the source does, if it is on the same bus.
        package let target: String
        package let interface: DiskAttachment.Interface
        package let bootOrder: Int?
    }
}
