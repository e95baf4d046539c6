// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension DeviceAddress {
    /// The first address for a disk that no device of its VM has; nil when all are taken.
    package static func free(
        for interface: DiskAttachment.Interface,
        besides taken: [DeviceAddress]
    ) -> DeviceAddress? {
        let drives = driveBuses.flatMap { bus in
            driveUnits.map { DeviceAddress.drive(bus: bus, unit: $0) }
        }
        return interface == .virtio
            ? freeSlot(besides: taken) : drives.first { !taken.contains($0) }
    }

    /// The first PCI slot that no device of a VM has, for a disk or a network card; nil when all
    /// are taken.
    package static func freeSlot(besides taken: [DeviceAddress]) -> DeviceAddress? {
        pciSlots.map(DeviceAddress.pci).first { !taken.contains($0) }
    }
}
