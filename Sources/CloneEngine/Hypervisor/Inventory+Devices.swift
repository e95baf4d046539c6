// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Inventory {
    /// A network card.
    package struct Card: Hashable, Sendable {
        package let macAddress: MACAddress
        package let model: NetworkInterface.Model
        package let network: String?
        package let address: DeviceAddress

        package init(
            macAddress: MACAddress,
            model: NetworkInterface.Model,
            network: String?,
            address: DeviceAddress
        ) {
            (self.macAddress, self.model) = (macAddress, model)
            (self.network, self.address) = (network, address)
        }
    }

    /// A disk as a VM has it.
    package struct Drive: Hashable, Sendable {
        /// What the VM calls it: `vda`.
        package let target: String
        package let interface: DiskAttachment.Interface
        package let bootOrder: Int?
        package let isReadOnly: Bool
        /// True when several VMs may write to it.
        package let isShareable: Bool
        package let address: DeviceAddress
        package let place: Place
        /// The hypervisor's own words, for plugging it in again.
        package let definition: String

        package init(
            target: String,
            interface: DiskAttachment.Interface,
            bootOrder: Int?,
            isReadOnly: Bool,
            isShareable: Bool,
            address: DeviceAddress,
            place: Place,
            definition: String
        ) {
            (self.target, self.interface, self.bootOrder) = (target, interface, bootOrder)
            (self.isReadOnly, self.isShareable) = (isReadOnly, isShareable)
            (self.address, self.place, self.definition) = (address, place, definition)
        }
    }

    /// Where a disk's content lies.
    package enum Place: Hashable, Sendable {
        /// In a file with all below it.
        case file(String, Volume.Format)
        /// On a block device.
        case device(String, Volume.Format)
        /// Where it cannot be read from here, in a few words: `network disk rbd:pool/name`.
        case elsewhere(String)
    }
}
