// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Makes a new VM from a snapshot of another: its disks hold what the snapshot's chains read as.
///
/// The source may run, be started, stopped and snapshotted meanwhile. All of the clone is made, or
/// nothing is left of it.
package struct CloneVMFromSnapshot: Sendable {
    /// What becomes of disks that others write to, of which a copy would be no state they ever had.
    package enum SharedDisks: String, Sendable, CaseIterable {
        /// The clone has the same disk, out of its guest's sight until somebody plugs it.
        case attachUnplugged = "attach-unplugged"
        /// The clone has the same disk at once, at the risk that both write to it.
        case attachPlugged = "attach-plugged"
        case omit
        /// Nothing is cloned.
        case refuse
    }

    /// What is wished for one disk; the snapshot's, where nothing is.
    package struct DiskChoice: Hashable, Sendable {
        package var domainID: StorageDomain.ID?
        package var alias: String?
        package var format: Volume.Format?
        package var allocation: Volume.Allocation?
        package var interface: DiskAttachment.Interface?
        package var bootOrder: Int?
        /// The clone does not start from the disk, whatever its source does.
        package var isWithoutBootOrder = false
        package var isIncluded = true

        package init() {}
    }

    package let snapshotID: Snapshot.ID
    package let name: String
    /// The new VM's description; the snapshot's when nil.
    package var description: String?
    /// The new VM's memory; the snapshot's when nil.
    package var memoryBytes: UInt64?
    /// The new VM's processors; the snapshot's when nil.
    package var processor: VirtualMachine.Processor?
    package var disks: [Disk.ID: DiskChoice] = [:]
    /// Where the disks go that have no domain chosen for them; where the source's lie when nil.
    package var domainID: StorageDomain.ID?
    package var sharedDisks = SharedDisks.attachUnplugged
    /// Keep the addresses of network cards, which must not be in use any more then.
    package var keepsMACAddresses = false
    /// The bytes of data that are written each second, at most, by each disk's copy.
    package var bytesPerSecond: UInt64?
    /// Refuse a clone that cannot fit before anything is written.
    package var checksSpace = true

    package init(snapshotID: Snapshot.ID, name: String) {
        (self.snapshotID, self.name) = (snapshotID, name)
    }
}
