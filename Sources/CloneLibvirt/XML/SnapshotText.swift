// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import FoundationXML

/// A snapshot as libvirt keeps it.
struct SnapshotText {
    let root: XMLElement
    /// The domain as it was at that time.
    let domain: DomainText

    /// Reads a snapshot; nil for one without the domain's definition.
    init?(
        _ text: String,
        volumePath: @escaping (String, String) -> String?
    ) throws(MachineTextError) {
        root = try XMLElement.root("domainsnapshot", of: text)
        guard let element = root.first("domain") else { return nil }
        domain = DomainText(root: element, volumePath: volumePath)
    }

    /// The snapshot as the engine has it; nil for one that has frozen no disk in a file of its own.
    ///
    /// What a disk had then is where the domain's definition says. The snapshot's own list of disks
    /// names the files that came after it.
    var state: Inventory.State? {
        let disks = root.first("disks")?.elements ?? []
        let overlays = disks.filter { $0.value("snapshot") == "external" }.compactMap { disk in
            disk.value("name").map { name in
                (name, disk.first("source").flatMap { $0.value("file") ?? $0.value("dev") } ?? "")
            }
        }
        guard let name = root.first("name")?.text, !overlays.isEmpty,
            let seconds = root.first("creationTime")?.text.flatMap({ Double($0) })
        else { return nil }
        return Inventory.State(
            name: name,
            createdAt: Date(timeIntervalSince1970: seconds),
            wasRunning: root.first("state")?.text != "shutoff",
            hardware: domain.hardware,
            overlays: Dictionary(overlays) { first, _ in first }
        )
    }

    /// What libvirt is told to take a snapshot of some of a domain's disks.
    static func request(_ name: String, of drives: [String], targets: Set<String>) -> String {
        let root = XMLElement("domainsnapshot")
        root.addChild(XMLElement("name", text: name))
        let disks = XMLElement("disks")
        root.addChild(disks)
        for drive in drives {
            let mode = targets.contains(drive) ? "external" : "no"
            disks.addChild(XMLElement("disk", [("name", drive), ("snapshot", mode)]))
        }
        return root.xmlString
    }
}
