// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

extension Mirror {
    /// The cards and disks that a VM has now.
    func compareDevices(_ machine: Inventory.Machine) throws {
        let cards = machine.hardware.networkInterfaces(of: machine.id)
        let known = try context.networkInterfaces(of: machine.id)
        for card in known where !cards.contains(where: { $0.id == card.id }) { remove(card) }
        for card in cards { save(card, unless: known.first { $0.id == card.id }) }

        let attachments = machine.hardware.drives.map { $0.attachment(to: machine.id) }
        let attached = try context.attachments(of: machine.id)
        for old in attached where old.isPlugged {
            guard !attachments.contains(where: { $0.diskID == old.diskID }) else { continue }
            if old.isLeaving { save(old.unplugged, unless: old) } else { remove(old) }
        }
        for var attachment in attachments {
            let known = attached.first { $0.diskID == attachment.diskID }
            attachment.isLeaving = known?.isLeaving ?? false
            save(attachment, unless: known)
        }
    }
}

extension Inventory.Hardware {
    /// The cards as the engine has them, called by their order.
    func networkInterfaces(of vm: VirtualMachine.ID) -> [NetworkInterface] {
        cards.enumerated().map { number, card in
            NetworkInterface(
                id: NetworkInterface.ID(derivedFrom: "card", vm.rawValue, "\(number)"),
                vmID: vm,
                name: "nic\(number + 1)",
                macAddress: card.macAddress,
                model: card.model,
                network: card.network,
                address: card.address
            )
        }
    }
}

extension Inventory.Drive {
    /// The disk as the engine has it attached.
    func attachment(to vm: VirtualMachine.ID) -> DiskAttachment {
        DiskAttachment(
            vmID: vm,
            diskID: diskID(in: vm),
            interface: interface,
            bootOrder: bootOrder,
            isReadOnly: isReadOnly,
            address: address,
            definition: definition
        )
    }
}

extension DiskAttachment {
    /// The same disk, which its guest has let go of.
    fileprivate var unplugged: DiskAttachment {
        var unplugged = self
        (unplugged.isPlugged, unplugged.isLeaving) = (false, false)
        return unplugged
    }
}
