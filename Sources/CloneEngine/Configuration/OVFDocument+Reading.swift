// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension OVFDocument {
    /// What is wrong with a document.
    struct Damage: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// The configuration that the document tells.
    ///
    /// - Throws: `Damage` when a value is missing or impossible.
    func configuration() throws -> VMConfiguration {
        let items = content.sections.flatMap(\.items)
        let vm = VirtualMachine(
            id: VirtualMachine.ID(rawValue: try content.vmID()),
            name: content.name,
            details: try details(items),
            status: content.wasRunning ? .up : .down,
            createdAt: try Date(milliseconds: content.createdAt)
        )
        return VMConfiguration(
            of: vm,
            networkInterfaces: try items.compactMap { item in
                if case .card(let card) = item { try card.networkInterface(of: vm.id) } else { nil }
            },
            disks: try disks(of: vm.id, items),
            createdAt: vm.createdAt
        )
    }

    private func details(_ items: [OVFItem]) throws -> VirtualMachine.Details {
        var details = VirtualMachine.Details()
        details.description = content.description
        details.firmware = try content.firmware()
        details.processor = try required(
            items.lazy.compactMap { if case .processor(let item) = $0 { item } else { nil } }.first,
            "the processor"
        ).processor()
        details.memoryBytes = try bounded(
            required(
                items.lazy.compactMap { if case .memory(let item) = $0 { item } else { nil } }
                    .first,
                "the memory"
            ).bytes
        )
        return details
    }

    /// The disks in the order of the devices, each of which has a disk of its own.
    private func disks(
        of vmID: VirtualMachine.ID,
        _ items: [OVFItem]
    ) throws -> [ConfiguredDisk] {
        let all = sections.flatMap(\.disks).map { ($0.fileRef, $0) }
        var disks = Dictionary(all) { first, _ in first }
        guard disks.count == all.count else { throw Damage("a disk stands in it twice") }
        let configured = try items.compactMap { item -> ConfiguredDisk? in
            guard case .drive(let drive) = item else { return nil }
            guard let disk = disks.removeValue(forKey: drive.fileRef) else {
                throw Damage("the disk of a drive is missing")
            }
            return try ConfiguredDisk(disk, drive, of: vmID)
        }
        guard disks.isEmpty else { throw Damage("the drive of a disk is missing") }
        return configured
    }
}

extension OVFDocument.Content {
    fileprivate func vmID() throws -> String {
        let system = sections.first { $0.type == OVFDocument.SectionType.system }
        return try required(system?.id, "the VM's id")
    }

    /// The firmware: 1 and 2 are oVirt's numbers of BIOSes, 3 and 4 of UEFI.
    fileprivate func firmware() throws -> VirtualMachine.Firmware {
        switch biosType {
        case "1", "2": .bios
        case "3", "4": .uefi
        default: throw OVFDocument.Damage("its firmware is unknown")
        }
    }
}

extension OVFItem.Processor {
    fileprivate func processor() throws -> VirtualMachine.Processor {
        guard sockets > 0, coresPerSocket > 0, threadsPerCore > 0 else {
            throw OVFDocument.Damage("it has no processor")
        }
        var processor = VirtualMachine.Processor()
        processor.sockets = Int(sockets)
        processor.coresPerSocket = Int(coresPerSocket)
        processor.threadsPerCore = Int(threadsPerCore)
        return processor
    }
}

extension OVFItem.Card {
    fileprivate func networkInterface(
        of vmID: VirtualMachine.ID
    ) throws -> NetworkInterface {
        NetworkInterface(
            id: NetworkInterface.ID(rawValue: id),
            vmID: vmID,
            name: name,
            macAddress: try required(MACAddress(macAddress), "a MAC address"),
            model: try required(
                NetworkInterface.Model.allCases.first { $0.ovfNumber == model },
                "the model of a network card"
            ),
            network: network,
            isPlugged: isPlugged,
            address: try required(DeviceAddress(rawValue: address), "a device's address")
        )
    }
}

extension ConfiguredDisk {
    fileprivate init(
        _ disk: OVFDocument.Disk,
        _ drive: OVFItem.Drive,
        of vmID: VirtualMachine.ID
    ) throws {
        let model = try disk.model()
        guard drive.bootOrder >= 0 else { throw OVFDocument.Damage("a boot order is negative") }
        self.init(
            attachment: DiskAttachment(
                vmID: vmID,
                diskID: model.id,
                interface: try required(
                    DiskAttachment.Interface(rawValue: disk.interface.lowercased()),
                    "a disk's interface"
                ),
                bootOrder: drive.bootOrder == 0 ? nil : drive.bootOrder,
                isReadOnly: drive.isReadOnly,
                isPlugged: drive.isPlugged,
                address: try required(DeviceAddress(rawValue: drive.address), "a device's address")
            ),
            disk: model,
            volume: try disk.shape()
        )
    }
}

extension OVFDocument.Disk {
    fileprivate func model() throws -> Disk {
        let ids = fileRef.split(separator: "/", maxSplits: 1).map(String.init)
        return Disk(
            id: CloneEngine.Disk.ID(rawValue: try required(ids.first, "a disk's id")),
            alias: alias,
            description: description,
            kind: try required(CloneEngine.Disk.Kind(rawValue: kind), "a disk's kind"),
            isShareable: isShareable,
            capacityBytes: try bounded(capacityBytes),
            activeVolumeID: ids.count > 1 ? Volume.ID(rawValue: ids[1]) : nil,
            lunPath: lunPath,
            createdAt: try Date(milliseconds: createdAt)
        )
    }

    /// The volume's shape, nil where the document tells of none.
    fileprivate func shape() throws -> VolumeShape? {
        guard let volumeFormat, let volumeType else { return nil }
        return VolumeShape(
            try required(Volume.Format(rawValue: volumeFormat.lowercased()), "a volume's format"),
            try required(Volume.Allocation(rawValue: volumeType.lowercased()), "a volume's type")
        )
    }
}

extension Date {
    /// The years that are written with four digits.
    private static let knownMilliseconds: ClosedRange<Int64> =
        -62_135_596_800_000...253_402_300_799_999

    fileprivate init(milliseconds: Int64) throws {
        guard Date.knownMilliseconds.contains(milliseconds) else {
            throw OVFDocument.Damage("a date is impossible")
        }
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

/// A value that a document must tell.
private func required<T>(_ value: T?, _ name: String) throws -> T {
    guard let value else { throw OVFDocument.Damage("\(name) is missing or unknown") }
    return value
}

/// A number of bytes that a file's size and the store's numbers can express.
private func bounded(_ bytes: UInt64) throws -> UInt64 {
    guard bytes <= Int64.max else { throw OVFDocument.Damage("a size is impossible") }
    return bytes
}
