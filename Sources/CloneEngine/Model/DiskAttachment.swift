// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A disk as one VM has it.
package struct DiskAttachment: Codable, Hashable, Sendable {
    /// How the guest talks to the disk.
    package enum Interface: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case virtio
        case virtioSCSI = "virtio_scsi"
        case sata
        case ide
    }

    package var vmID: VirtualMachine.ID
    package var diskID: Disk.ID
    package var interface: Interface
    /// The disk's place among those that the VM starts from, 1 first; nil when it does not.
    package var bootOrder: Int?
    package var isReadOnly: Bool
    /// False when the guest does not see it; the address stays its own.
    package var isPlugged: Bool
    package var address: DeviceAddress
    /// What a hypervisor is told to plug the disk in again; nil for a VM of the engine's own.
    package var definition: String?
    /// True while a hypervisor's guest is asked to let go of the disk: when it is gone, it is unplugged.
    var isLeaving = false

    package init(
        vmID: VirtualMachine.ID,
        diskID: Disk.ID,
        interface: Interface = .virtio,
        bootOrder: Int? = nil,
        isReadOnly: Bool = false,
        isPlugged: Bool = true,
        address: DeviceAddress,
        definition: String? = nil
    ) {
        (self.vmID, self.diskID, self.interface) = (vmID, diskID, interface)
        (self.bootOrder, self.isReadOnly) = (bootOrder, isReadOnly)
        (self.isPlugged, self.address) = (isPlugged, address)
        self.definition = definition
    }
}

extension DiskAttachment: FetchableRecord, PersistableRecord {
    static let databaseTableName = "diskAttachment"
}
