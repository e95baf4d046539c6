// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension OVFDocument {
    /// The document of a configuration.
    init(_ configuration: VMConfiguration) {
        references = References(files: configuration.disks.map(File.init))
        sections = [
            Section(
                type: SectionType.disks,
                info: "List of Virtual Disks",
                disks: configuration.disks.map(Disk.init)
            )
        ]
        content = Content(configuration)
    }

    enum SectionType {
        static let disks = "ovf:DiskSection_Type"
        static let system = "ovf:OperatingSystemSection_Type"
        static let hardware = "ovf:VirtualHardwareSection_Type"
    }
}

extension OVFDocument.File {
    fileprivate init(_ disk: ConfiguredDisk) {
        (href, id) = (disk.fileRef, disk.fileID)
        storageType = disk.disk.kind.rawValue.uppercased()
    }
}

extension OVFDocument.Disk {
    fileprivate init(_ configured: ConfiguredDisk) {
        let disk = configured.disk
        (fileRef, diskID) = (configured.fileRef, configured.fileID)
        gibibytes = disk.capacityBytes.divided(by: 1 << 30)
        volumeFormat = configured.volume?.format.rawValue.uppercased()
        volumeType = configured.volume?.allocation.rawValue.capitalized
        interface = configured.attachment.interface.ovfName
        (alias, description) = (disk.alias, disk.description)
        (isShareable, lunPath) = (disk.isShareable, disk.lunPath)
        (kind, capacityBytes) = (disk.kind.rawValue, disk.capacityBytes)
        createdAt = disk.createdAt.milliseconds
    }
}

extension OVFDocument.Content {
    fileprivate init(_ configuration: VMConfiguration) {
        createdAt = configuration.createdAt.milliseconds
        wasRunning = configuration.wasRunning
        (name, description) = (configuration.name, configuration.details.description)
        creationDate = configuration.createdAt.ovfText
        biosType = configuration.details.firmware == .uefi ? "3" : "1"
        sections = [
            OVFDocument.Section(
                type: OVFDocument.SectionType.system,
                id: configuration.vmID.rawValue,
                info: "Guest Operating System"
            ),
            OVFDocument.Section(
                type: OVFDocument.SectionType.hardware,
                info: "Virtual Hardware",
                items: configuration.items
            ),
        ]
    }
}

extension VMConfiguration {
    fileprivate var items: [OVFItem] {
        [.processor(OVFItem.Processor(details.processor)), .memory(OVFItem.Memory(details))]
            + disks.map { .drive(OVFItem.Drive($0)) }
            + networkInterfaces.map { .card(OVFItem.Card($0)) }
    }
}

extension OVFItem.Processor {
    fileprivate init(_ processor: VirtualMachine.Processor) {
        caption = "Virtual CPU"
        sockets = UInt16(clamping: processor.sockets)
        coresPerSocket = UInt16(clamping: processor.coresPerSocket)
        threadsPerCore = UInt16(clamping: processor.threadsPerCore)
    }
}

extension OVFItem.Memory {
    fileprivate init(_ details: VirtualMachine.Details) {
        caption = "Memory"
        bytes = details.memoryBytes
        mebibytes = bytes.divided(by: 1 << 20)
    }
}

extension OVFItem.Drive {
    fileprivate init(_ disk: ConfiguredDisk) {
        let attachment = disk.attachment
        (caption, instanceID, fileRef) = (disk.disk.alias, disk.fileID, disk.fileRef)
        (address, bootOrder) = (attachment.address.rawValue, attachment.bootOrder ?? 0)
        (isPlugged, isReadOnly) = (attachment.isPlugged, attachment.isReadOnly)
    }
}

extension OVFItem.Card {
    fileprivate init(_ card: NetworkInterface) {
        (id, name, network) = (card.id.rawValue, card.name, card.network)
        (model, macAddress) = (card.model.ovfNumber, card.macAddress.description)
        (address, isPlugged) = (card.address.rawValue, card.isPlugged)
    }
}

extension ConfiguredDisk {
    /// What other parts of a document call the disk by.
    fileprivate var fileRef: String {
        [disk.id.rawValue, disk.activeVolumeID?.rawValue].compactMap(\.self)
            .joined(separator: "/")
    }

    fileprivate var fileID: String { disk.activeVolumeID?.rawValue ?? disk.id.rawValue }
}

extension DiskAttachment.Interface {
    fileprivate var ovfName: String {
        switch self {
        case .virtio: "VirtIO"
        case .virtioSCSI: "VirtIO_SCSI"
        case .sata: "SATA"
        case .ide: "IDE"
        }
    }
}

extension NetworkInterface.Model {
    /// oVirt's number of the model.
    var ovfNumber: Int {
        switch self {
        case .rtl8139: 1
        case .e1000: 2
        case .virtio: 3
        case .e1000e: 6
        }
    }
}

extension UInt64 {
    /// How many of the units hold that many bytes.
    fileprivate func divided(by unitBytes: UInt64) -> UInt64 {
        self / unitBytes + (self % unitBytes == 0 ? 0 : 1)
    }
}

extension Date {
    /// Milliseconds since 1970.
    fileprivate var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    /// The time as oVirt writes it: `2013/05/27 14:44:12`.
    fileprivate var ovfText: String {
        formatted(.iso8601.dateTimeSeparator(.space)).replacing("-", with: "/")
            .replacing("Z", with: "")
    }
}
