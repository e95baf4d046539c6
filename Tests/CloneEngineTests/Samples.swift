// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import CloneEngine

/// Texts that something may stumble over: each must come back as it was.
let trickyTexts = [
    "", " ", "  two  spaces ", "<&>\"'", "]]>", "&amp;", "tab\tline\nreturn\rboth\r\nend\n",
    "Grüße, 世界 🧑‍🚀 e\u{301} <\u{338} &\u{301}", "\u{85}\u{a0}\u{2028}\u{feff}\u{fffd}",
    "<!-- no comment -->", "{\"a\": \"\\\"}", String(repeating: "long ", count: 400),
]

/// A configuration with something of everything.
func sampleConfiguration(disks: Int = 4, text: String = "sample") -> VMConfiguration {
    var details = VirtualMachine.Details()
    details.description = text
    details.memoryBytes = 3 << 30 | 1
    details.processor.sockets = 2
    details.processor.coresPerSocket = 3
    details.processor.threadsPerCore = 5
    details.firmware = .uefi
    let vm = VirtualMachine(
        name: text,
        details: details,
        status: .up,
        createdAt: Date(timeIntervalSince1970: 1_369_665_852.123)
    )
    return VMConfiguration(
        of: vm,
        networkInterfaces: (0..<2).map { sampleCard(of: vm.id, $0, text) },
        disks: (0..<disks).map { sampleDisk(of: vm.id, $0, text) },
        createdAt: vm.createdAt
    )
}

private func sampleCard(of vmID: VirtualMachine.ID, _ number: Int, _ text: String)
    -> NetworkInterface
{
    NetworkInterface(
        vmID: vmID,
        name: text + "\(number)",
        macAddress: MACPool.standard.range.lowerBound,
        model: NetworkInterface.Model.allCases[number % 4],
        network: number == 0 ? nil : text,
        isPlugged: number == 0,
        address: .pci(slot: 20 + number)
    )
}

/// Every fourth disk is a direct LUN, every third is shareable.
private func sampleDisk(of vmID: VirtualMachine.ID, _ number: Int, _ text: String) -> ConfiguredDisk
{
    let isLun = number % 4 == 3
    let disk = Disk(
        alias: "\(text)_Disk\(number)",
        description: text,
        kind: isLun ? .lun : .image,
        isShareable: number % 3 == 2,
        capacityBytes: 5 << 30 | 512 * UInt64(number),
        activeVolumeID: isLun ? nil : Volume.ID(),
        lunPath: isLun ? "/dev/disk/by-id/\(text)" : nil,
        createdAt: Date(timeIntervalSince1970: 1_700_000_000.999)
    )
    let interface = DiskAttachment.Interface.allCases[number % 4]
    return ConfiguredDisk(
        attachment: DiskAttachment(
            vmID: vmID,
            diskID: disk.id,
            interface: interface,
            bootOrder: number % 2 == 0 ? number + 1 : nil,
            isReadOnly: number % 2 == 1,
            isPlugged: number % 2 == 0,
            address: interface == .virtio ? .pci(slot: 3 + number) : .drive(bus: 0, unit: number)
        ),
        disk: disk,
        volume: isLun
            ? nil
            : VolumeShape(number % 2 == 0 ? .cow : .raw, number % 2 == 0 ? .sparse : .preallocated)
    )
}
