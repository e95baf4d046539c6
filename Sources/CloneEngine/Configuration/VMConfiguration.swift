// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A VM as it was when a snapshot was taken: what a clone starts from.
package struct VMConfiguration: Hashable, Sendable {
    package var vmID: VirtualMachine.ID
    package var name: String
    package var details: VirtualMachine.Details
    /// Its network cards, by name.
    package var networkInterfaces: [NetworkInterface]
    /// Its disks, in the order of their aliases.
    package var disks: [ConfiguredDisk]
    /// When the state was taken.
    package var createdAt: Date
    /// True when the VM was running: the guest had not written everything.
    package var wasRunning: Bool

    package init(
        of vm: VirtualMachine,
        networkInterfaces: [NetworkInterface],
        disks: [ConfiguredDisk],
        createdAt: Date
    ) {
        (vmID, name, details) = (vm.id, vm.name, vm.details)
        (self.networkInterfaces, self.disks) = (networkInterfaces, disks)
        (self.createdAt, wasRunning) = (createdAt, vm.status == .up)
    }
}

/// A disk as a VM had it at one time.
package struct ConfiguredDisk: Hashable, Sendable {
    /// How the VM had it attached.
    package var attachment: DiskAttachment
    /// The disk, with the volume that has its content at that time as the active one.
    package var disk: Disk
    /// What its volume was; nil for a direct LUN.
    package var volume: VolumeShape?

    package init(attachment: DiskAttachment, disk: Disk, volume: VolumeShape?) {
        (self.attachment, self.disk, self.volume) = (attachment, disk, volume)
    }
}

/// The format and allocation of a volume.
package struct VolumeShape: Codable, Hashable, Sendable, CustomStringConvertible {
    package var format: Volume.Format
    package var allocation: Volume.Allocation

    package init(_ format: Volume.Format, _ allocation: Volume.Allocation) {
        (self.format, self.allocation) = (format, allocation)
    }

    /// As oVirt says it: "RAW Sparse".
    package var description: String {
        "\(format.rawValue.uppercased()) \(allocation.rawValue.capitalized)"
    }
}
