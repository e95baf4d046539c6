// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a hypervisor has to be told of a clone, and how much of that it has been told.
package struct MachineClone: Codable, Hashable, Sendable {
    /// What may be left in the hypervisor when the process dies.
    package enum Phase: String, Codable, Sendable {
        /// Nothing.
        case unknown
        /// The clone, since the hypervisor was just asked whether it would take it.
        case validating
        /// Nothing, and it would take it.
        case valid
        /// The clone.
        case defined
    }

    package let sourceID: VirtualMachine.ID
    package let snapshotID: Snapshot.ID
    package let snapshotName: String
    package let details: VirtualMachine.Details
    /// The network cards' addresses, by those that they had.
    package let macAddresses: [MACAddress: MACAddress]
    /// The disks that it starts with, by what the source calls them.
    package let disks: [String: CloneDraft.Disk]
    package internal(set) var draft: CloneDraft?
    package internal(set) var phase = Phase.unknown

    init(
        sourceID: VirtualMachine.ID,
        snapshotID: Snapshot.ID,
        snapshotName: String,
        details: VirtualMachine.Details,
        macAddresses: [MACAddress: MACAddress],
        disks: [String: CloneDraft.Disk]
    ) {
        (self.sourceID, self.snapshotID) = (sourceID, snapshotID)
        (self.snapshotName, self.details) = (snapshotName, details)
        (self.macAddresses, self.disks) = (macAddresses, disks)
    }

    /// What the clone is to be, under an id and a name.
    func wish(_ id: VirtualMachine.ID, _ name: String) -> CloneDraft.Wish {
        CloneDraft.Wish(
            sourceID: sourceID,
            snapshot: snapshotName,
            vmID: id,
            name: name,
            details: details,
            macAddresses: macAddresses,
            disks: disks
        )
    }

    /// True when the hypervisor may know the clone.
    var mayBeDefined: Bool { phase == .validating || phase == .defined }
}
