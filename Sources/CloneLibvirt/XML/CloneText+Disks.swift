// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import FoundationXML

extension CloneText {
    /// Puts the copies in the places of the source's disks, and leaves out those that are not wished.
    func changeDisks() {
        for disk in devices where disk.name == "disk" {
            guard disk.isHardDisk else {
                settleMedium(of: disk)
                continue
            }
            let target = disk.first("target")?.value("dev") ?? ""
            switch wish.disks[target] {
            case .image(let image): use(image, for: disk)
            case .shared: disk.first("source")?.set("index", nil)
            case nil: disk.detach()
            }
        }
        addController()
    }

    /// The copy is a file that stands alone, whatever the source was.
    private func use(_ image: CloneDraft.Image, for disk: XMLElement) {
        disk.set("type", "file")
        if disk.value("device") == "lun" { disk.set("device", "disk") }
        for attribute in ["rawio", "sgio", "snapshot"] { disk.set(attribute, nil) }
        disk.remove("source", "backingStore", "mirror", "auth", "reservations")
        let driver = disk.made("driver")
        driver.set("type", image.format == .raw ? "raw" : "qcow2")
        if driver.value("name") == nil { driver.set("name", "qemu") }
        disk.addChild(XMLElement("source", [("file", image.path)]))
        if let order = image.bootOrder { disk.made("boot").set("order", "\(order)") }
        guard image.target != disk.first("target")?.value("dev") else { return }
        disk.remove("address")
        let target = disk.made("target")
        target.set("dev", image.target)
        target.set("bus", CloneText.bus(of: image.interface))
        driver.set("iothread", nil)
        driver.set("queues", nil)
        disk.remove("iotune")
    }

    private static func bus(of interface: DiskAttachment.Interface) -> String {
        interface == .virtioSCSI ? "scsi" : interface.rawValue
    }

    /// A disk on SCSI wants a controller of the right kind; libvirt would add an old one.
    private func addController() {
        let usesSCSI = devices.contains { disk in
            disk.name == "disk" && disk.first("target")?.value("bus") == "scsi"
        }
        let controllers = devices.filter {
            $0.name == "controller" && $0.value("type") == "scsi"
        }
        guard usesSCSI, controllers.isEmpty else { return }
        let attributes = [("type", "scsi"), ("index", "0"), ("model", "virtio-scsi")]
        root.first("devices")?.addChild(XMLElement("controller", attributes))
    }

    /// A disc is only read, and both VMs may have it; a floppy is written to.
    private func settleMedium(of drive: XMLElement) {
        let name = drive.first("target")?.value("dev") ?? "drive"
        guard let source = drive.first("source") else { return }
        source.set("index", nil)
        let file = source.value("file")
        if drive.value("device") == "floppy" {
            source.detach()
            remark("its drive \(name) is empty: a floppy disk cannot be in two VMs")
        } else if let file, !FileManager.default.fileExists(atPath: file) {
            source.detach()
            remark("its drive \(name) is empty, since \(file) is missing")
        }
    }
}
