// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A network card of a VM.
package struct NetworkInterface: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<NetworkInterface>

    /// What the guest believes the card to be.
    package enum Model: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case virtio, e1000, e1000e, rtl8139
    }

    package let id: ID
    package var vmID: VirtualMachine.ID
    package var name: String
    package var macAddress: MACAddress
    package var model: Model
    /// The network it is plugged into; nil for none.
    package var network: String?
    package var isPlugged: Bool
    /// Where the guest finds the card; stays the same in snapshots and clones.
    package var address: DeviceAddress

    package init(
        id: ID = ID(),
        vmID: VirtualMachine.ID,
        name: String,
        macAddress: MACAddress,
        model: Model = .virtio,
        network: String? = nil,
        isPlugged: Bool = true,
        address: DeviceAddress
    ) {
        (self.id, self.vmID, self.name) = (id, vmID, name)
        (self.macAddress, self.model, self.network) = (macAddress, model, network)
        (self.isPlugged, self.address) = (isPlugged, address)
    }
}

extension NetworkInterface: FetchableRecord, PersistableRecord {
    static let databaseTableName = "networkInterface"
}
