// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// Disks, whatever VMs have them.
    static let disks: [Route] = [
        .get("disks", "Lists disks: `search`, `max`, `case_sensitive`, `follow`.") { call in
            .list("disks", of: "disk", try call.ask(ListDisks(call.listing())).map(\.element))
        },
        Route(
            .post,
            "disks",
            "Makes a disk that no VM has yet.",
            body: "disk",
            .slow { call in
                let disk = try DiskDocument(call.document("disk"), call).make(for: nil, .init())
                return .accepted(try call.ask(ShowDisk(id: disk.id)).element)
            }
        ),
        .get("disks/{disk}", "Shows a disk.") { call in
            try call.ask(ShowDisk(id: call.id("disk"))).element
        },
        Route(
            .delete,
            "disks/{disk}",
            "Removes a disk, whatever snapshots have it.",
            .slow { call in
                try call.run(RemoveDisk(id: call.id("disk")))
                return .complete
            }
        ),
        .get("disks/{disk}/statistics", "Lists nothing: a disk here has none.") { call in
            _ = try call.ask(ShowDisk(id: call.id("disk")))
            return .list("statistics", of: "statistic", [])
        },
    ]
}

extension ListDisks.Entry {
    /// The disk as oVirt shows it.
    var element: Element {
        let (href, top) = (Address.disk(disk.id), volumes.last)
        return Element(
            "disk",
            href: href,
            id: disk.id.rawValue,
            disk.general(
                top.map { VolumeShape($0.format, $0.allocation) },
                actualBytes: top?.allocatedBytes ?? disk.capacityBytes,
                status: top?.status.rawValue ?? "ok",
                in: top?.domainID
            ) + [
                Element("backup", "none"),
                top.map { Element("qcow_version", $0.format == .cow ? "qcow2_v3" : "qcow2_v2") },
                Element("total_size", volumes.reduce(0) { $0 + $1.allocatedBytes }),
            ] + Element.links(["permissions", "statistics"], below: href)
        )
    }
}

extension Disk {
    /// What is told of a disk, now or as a snapshot has it.
    func general(
        _ shape: VolumeShape?,
        actualBytes: UInt64?,
        status: String,
        in domain: StorageDomain.ID?
    ) -> [Element?] {
        [
            Element("alias", alias), Element("name", alias), Element("description", description),
            actualBytes.map { Element("actual_size", $0) }, Element("content_type", "data"),
            shape.map { Element("format", $0.format.rawValue) },
            Element("image_id", ifAny: activeVolumeID?.rawValue),
            Element("propagate_errors", false), Element("provisioned_size", capacityBytes),
            Element("shareable", isShareable),
            shape.map { Element("sparse", $0.allocation == .sparse) },
            Element("status", status), Element("storage_type", kind.rawValue),
            Element("wipe_after_delete", false),
            .storageDomains(domain),
        ]
    }
}

extension Element {
    /// The domain that something is in; there even when it is in none.
    static func storageDomains(_ id: StorageDomain.ID?) -> Element {
        let item = id.map {
            Element("storage_domain", href: Address.storageDomain($0), id: $0.rawValue)
        }
        return .list("storage_domains", of: "storage_domain", [item].compactMap { $0 })
    }
}
