// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import FoundationXML

/// Makes a clone's definition of what the source's was: all that is not changed here stays.
///
/// Two VMs that run side by side cannot have the same sockets, ports and devices of the host, and what
/// a snapshot does not keep the clone cannot have. Such devices are changed or left out, and a
/// remark says so.
final class CloneText {
    let root: XMLElement
    let wish: CloneDraft.Wish
    var remarks: [String] = []
    var firmwareState: CloneDraft.FirmwareState?

    /// Takes a source's definition, as a text of its own.
    init(_ source: String, _ wish: CloneDraft.Wish) throws(MachineTextError) {
        root = try XMLElement.root("domain", of: source)
        self.wish = wish
    }

    /// The devices, as they are now.
    var devices: [XMLElement] { root.first("devices")?.elements ?? [] }

    /// Makes all changes.
    func rewrite() {
        changeIdentity()
        changeFirmwareState()
        changeDisks()
        changeCards()
        for device in devices {
            device.forgetAliases()
            device.remove("backingStore", "mirror")
            change(device)
        }
        changeSecurityLabels()
        if let commandLine = root.elements.first(where: {
            $0.name?.hasSuffix(":commandline") == true
        }) {
            let count = commandLine.elements.count
            remark("its \(count) arguments for QEMU itself are those of the source")
        }
    }

    func remark(_ text: String) { remarks.append(text) }

    /// Leaves a device out.
    func leaveOut(_ device: XMLElement, _ reason: String) {
        device.detach()
        remark(reason)
    }

    private func changeIdentity() {
        root.set("id", nil)
        root.made("name").stringValue = wish.name
        root.made("uuid").stringValue = wish.vmID.rawValue
        root.first("genid")?.stringValue = UUID().uuidString.lowercased()
        if !wish.details.description.isEmpty || root.first("description") != nil {
            root.made("description").stringValue = wish.details.description
        }
        for entry in root.elements(forName: "sysinfo").flatMap({
            $0.first("system")?.elements ?? []
        })
        where entry.value("name") == "uuid" {
            entry.stringValue = wish.vmID.rawValue
        }
    }

    /// What UEFI has in its variables is copied: it has the names of what to start.
    private func changeFirmwareState() {
        guard let nvram = root.first("os", "nvram") else { return }
        let source = nvram.first("source")
        guard let path = source?.value("file") ?? nvram.text else { return }
        guard FileManager.default.fileExists(atPath: path) else {
            nvram.detach()
            return remark("the state of its firmware, \(path), is missing, so it begins anew")
        }
        let place = URL(filePath: path)
        let copy = place.deletingLastPathComponent().appending(path: "\(wish.name)_VARS.fd").path
        if let source { source.set("file", copy) } else { nvram.stringValue = copy }
        firmwareState = CloneDraft.FirmwareState(source: path, copy: copy)
        remark("the state of its firmware is that of now, since snapshots do not keep it")
    }

    /// Libvirt gives labels of its own.
    private func changeSecurityLabels() {
        for label in root.elements(forName: "seclabel") where label.value("type") != "none" {
            label.detach()
            guard label.value("type") == "static" else { continue }
            let model = label.value("model") ?? "security"
            remark("its \(model) label is chosen by libvirt, and not that of the source")
        }
    }

    private func changeCards() {
        for card in devices where card.name == "interface" {
            let old = card.macAddress
            let name = old?.description ?? "network card"
            if ["hostdev", "vhostuser", "vdpa"].contains(card.value("type") ?? "") {
                leaveOut(card, "its network card \(name) is a device or a socket of the host's")
                continue
            }
            if let new = old.flatMap({ wish.macAddresses[$0] }) {
                card.first("mac")?.set("address", new.description)
            }
            card.remove("target")
            card.first("virtualport", "parameters")?.set("interfaceid", nil)
            card.first("source")?.set("portid", nil)
            card.first("backend")?.set("logFile", nil)
        }
    }
}
