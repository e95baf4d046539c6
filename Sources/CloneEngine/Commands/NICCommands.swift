// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Gives a VM one more network card.
package struct AddNIC: Command {
    package let vmID: VirtualMachine.ID
    package let name: String
    package var model = NetworkInterface.Model.virtio
    package var network: String?
    /// The card's address; the next of the pool when nil.
    package var macAddress: MACAddress?

    package init(vmID: VirtualMachine.ID, name: String) { (self.vmID, self.name) = (vmID, name) }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "add network interface"
        var refusals = try context.permission(.editVM, on: .vm(vmID))
        refusals += NameRules.refusals(name, for: action)
        guard let vm = try context.vm(vmID) else { return refusals + [.noVM(vmID)] }
        if vm.status == .imageLocked { refusals.append(.vmLocked(action)) }
        refusals += context.foreignRefusals(vm, for: action)
        if try context.networkInterfaces(of: vmID).contains(where: { $0.name == name }) {
            let reason = "VM \(vm.name) has a network interface of this name."
            refusals.append(.cannot(action, "NETWORK_INTERFACE_NAME_ALREADY_IN_USE", reason))
        }
        if let macAddress, try context.isInUse(macAddress) {
            let reason = "MAC Address \(macAddress) is already in use."
            refusals.append(.cannot(action, "NETWORK_MAC_ADDRESS_IN_USE", reason))
        }
        if try macAddress == nil && MACPool.standard.next(in: context.database) == nil {
            refusals.append(.noMACAddresses)
        }
        if DeviceAddress.freeSlot(besides: try context.addresses(of: vmID)) == nil {
            let reason = "VM \(vm.name) has no free PCI slot."
            refusals.append(.cannot(action, "EXCEEDED_MAX_PCI_SLOTS", reason))
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws -> NetworkInterface {
        guard let mac = try macAddress ?? MACPool.standard.next(in: context.database),
            let address = DeviceAddress.freeSlot(besides: try context.addresses(of: vmID))
        else { throw EngineError(.noMACAddresses) }
        let card = NetworkInterface(
            vmID: vmID,
            name: name,
            macAddress: mac,
            model: model,
            network: network,
            address: address
        )
        try card.insert(context.database)
        return card
    }
}

/// Takes a network card from a VM.
package struct RemoveNIC: Command {
    package let id: NetworkInterface.ID
    package let vmID: VirtualMachine.ID

    package init(id: NetworkInterface.ID, vmID: VirtualMachine.ID) {
        (self.id, self.vmID) = (id, vmID)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "remove network interface"
        var refusals = try context.permission(.editVM, on: .vm(vmID))
        guard let vm = try context.vm(vmID) else { return refusals + [.noVM(vmID)] }
        refusals += context.foreignRefusals(vm, for: action)
        if vm.status == .imageLocked { refusals.append(.vmLocked(action)) }
        guard let card = try context.networkInterfaces(of: vmID).first(where: { $0.id == id })
        else { return refusals + [.notFound("network interface", id.rawValue)] }
        if vm.status == .up, card.isPlugged {
            let reason = "The VM Network Interface is plugged to a running VM."
            refusals.append(.cannot(action, "REMOVE_ACTIVE_DEVICE", reason))
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws {
        try NetworkInterface.deleteOne(context.database, key: id)
    }
}

extension CommandContext {
    func isInUse(_ address: MACAddress) throws -> Bool {
        try NetworkInterface.filter(Column("macAddress") == address).fetchCount(database) > 0
    }
}

extension Refusal {
    static let noMACAddresses = Refusal(
        "MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES",
        .conflict,
        "Not enough MAC addresses left in MAC Address Pool."
    )
}
