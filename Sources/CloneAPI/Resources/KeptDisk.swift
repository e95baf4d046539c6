// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// A disk as a snapshot has it.
struct KeptDisk {
    private let configured: ConfiguredDisk
    /// The volume that has its content; nil when it is gone.
    private let volume: Volume?
    private let snapshot: Snapshot

    init(_ configured: ConfiguredDisk, _ entry: ListDisks.Entry?, _ snapshot: Snapshot) {
        (self.configured, self.snapshot) = (configured, snapshot)
        volume = entry?.volumes.first { $0.id == configured.disk.activeVolumeID }
    }

    /// The disk as oVirt shows it, below its snapshot.
    func element(below base: String) -> Element {
        let disk = configured.disk
        let shape = configured.volume
        return Element(
            "disk",
            href: "\(base)/disks/\(disk.id)",
            id: disk.id.rawValue,
            [
                Element("alias", disk.alias), Element("name", disk.alias),
                Element("description", disk.description),
                volume.map { Element("actual_size", $0.allocatedBytes) },
                Element("content_type", "data"),
                shape.map { Element("format", $0.format.rawValue) },
                Element("image_id", ifAny: disk.activeVolumeID?.rawValue),
                Element("propagate_errors", false),
                Element("provisioned_size", disk.capacityBytes),
                Element("shareable", disk.isShareable),
                shape.map { Element("sparse", $0.allocation == .sparse) },
                Element("status", status),
                Element("storage_type", disk.kind.rawValue),
                Element("wipe_after_delete", false),
                Element("snapshot", href: base, id: snapshot.id.rawValue),
                .storageDomains(volume?.domainID.map { [$0] } ?? []),
                Element("vm", href: Address.vm(snapshot.vmID), id: snapshot.vmID.rawValue),
            ]
        )
    }

    private var status: String {
        configured.volume == nil ? "ok" : volume?.status.rawValue ?? "illegal"
    }
}

extension Element {
    /// The domains that something is in; there even when it is in none.
    static func storageDomains(_ ids: [StorageDomain.ID]) -> Element {
        let items = ids.map {
            Element("storage_domain", href: Address.storageDomain($0), id: $0.rawValue)
        }
        return .list("storage_domains", of: "storage_domain", items)
    }
}
