// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import FoundationXML

extension DomainText {
    /// The network cards, in the definition's order.
    var cards: [Inventory.Card] {
        devices.filter { $0.name == "interface" }.compactMap { card in
            guard let mac = card.macAddress else { return nil }
            let source = card.first("source")
            return Inventory.Card(
                macAddress: mac,
                model: card.first("model")?.value("type").flatMap(DomainText.model) ?? .e1000,
                network: ["network", "bridge", "dev"].lazy.compactMap { source?.value($0) }.first,
                address: card.deviceAddress
            )
        }
    }

    private static func model(_ name: String) -> NetworkInterface.Model? {
        name.hasPrefix("virtio") ? .virtio : NetworkInterface.Model(rawValue: name)
    }

    /// The hard disks, in the definition's order; no drives for media that are changed.
    var drives: [Inventory.Drive] {
        devices.filter(\.isHardDisk).compactMap { disk in
            guard let target = disk.first("target")?.value("dev") else { return nil }
            return Inventory.Drive(
                target: target,
                interface: DomainText.interface(disk.first("target")?.value("bus")),
                bootOrder: disk.first("boot")?.value("order").flatMap { Int($0) },
                isReadOnly: disk.first("readonly") != nil,
                isShareable: disk.first("shareable") != nil,
                address: disk.deviceAddress,
                place: place(of: disk),
                definition: disk.definitionToPlug
            )
        }
    }

    /// The engine's word for a bus; those that it has no word for are told as the nearest.
    private static func interface(_ bus: String?) -> DiskAttachment.Interface {
        switch bus {
        case "virtio": .virtio
        case "scsi": .virtioSCSI
        case "ide": .ide
        default: .sata
        }
    }

    private func place(of disk: XMLElement) -> Inventory.Place {
        guard let source = disk.first("source") else { return .elsewhere("disk without a source") }
        if source.first("encryption") != nil || disk.first("encryption") != nil {
            return .elsewhere("disk that libvirt encrypts")
        }
        let name = disk.first("driver")?.value("type") ?? "raw"
        let formats: [String: Volume.Format] = ["raw": .raw, "qcow2": .cow]
        guard let format = formats[name] else { return .elsewhere("\(name) image") }
        switch disk.value("type") {
        case "file":
            return source.value("file").map { .file($0, format) } ?? .elsewhere("empty disk")
        case "block":
            return source.value("dev").map { .device($0, format) } ?? .elsewhere("empty disk")
        case "volume": return volume(source, format)
        case let type:
            let place = ["protocol", "name"].compactMap(source.value).joined(separator: ":")
            let words = [type ?? "", "disk", place].filter { !$0.isEmpty }
            return .elsewhere(words.joined(separator: " "))
        }
    }

    private func volume(_ source: XMLElement, _ format: Volume.Format) -> Inventory.Place {
        guard let pool = source.value("pool"), let volume = source.value("volume") else {
            return .elsewhere("empty disk")
        }
        guard let path = volumePath(pool, volume) else {
            return .elsewhere("volume \(volume) of pool \(pool)")
        }
        return path.hasPrefix("/dev/") ? .device(path, format) : .file(path, format)
    }
}

extension XMLElement {
    /// True for a disk that is no drive for discs or floppies.
    var isHardDisk: Bool { name == "disk" && ["disk", "lun", nil].contains(value("device")) }

    /// The address of a network card.
    var macAddress: MACAddress? { first("mac")?.value("address").flatMap { MACAddress($0) } }

    /// Where the guest finds a device, in the engine's words.
    var deviceAddress: DeviceAddress {
        let nowhere = DeviceAddress.other("{type=none}")
        guard let address = first("address"), let type = address.value("type") else {
            return nowhere
        }
        let names: [String] =
            switch type {
            case "pci": ["slot", "bus", "domain", "function"]
            case "drive": ["controller", "bus", "target", "unit"]
            default: (address.attributes ?? []).compactMap(\.name).filter { $0 != "type" }.sorted()
            }
        let fields = names.compactMap { name in address.value(name).map { "\(name)=\($0)" } }
        let text = "{" + (["type=\(type)"] + fields).joined(separator: ", ") + "}"
        return DeviceAddress(rawValue: text) ?? nowhere
    }

    /// A disk's element, without what libvirt finds out by itself.
    fileprivate var definitionToPlug: String {
        guard let copy = copy() as? XMLElement else { return xmlString }
        copy.remove("backingStore", "mirror")
        copy.forgetAliases()
        copy.first("source")?.set("index", nil)
        return copy.xmlString
    }
}
