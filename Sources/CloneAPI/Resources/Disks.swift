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
        let href = Address.disk(disk.id)
        return Element(
            "disk",
            href: href,
            id: disk.id.rawValue,
            [
                Element("alias", disk.alias), Element("name", disk.alias),
                Element("description", disk.description),
            ] + Element.links(["permissions", "statistics"], below: href) + image
        )
    }

    private var image: [Element?] {
        let top = volumes.last
        return [
            Element("actual_size", top?.allocatedBytes ?? disk.capacityBytes),
            Element("backup", "none"), Element("content_type", "data"),
            top.map { Element("format", $0.format.rawValue) },
            Element("image_id", ifAny: disk.activeVolumeID?.rawValue),
            Element("propagate_errors", false),
            Element("provisioned_size", disk.capacityBytes),
            top.map { Element("qcow_version", $0.format == .cow ? "qcow2_v3" : "qcow2_v2") },
            Element("shareable", disk.isShareable),
            top.map { Element("sparse", $0.allocation == .sparse) },
            Element("status", top?.status.rawValue ?? "ok"),
            Element("storage_type", disk.kind.rawValue),
            Element("total_size", volumes.reduce(0) { $0 + $1.allocatedBytes }),
            Element("wipe_after_delete", false),
            .storageDomains(Array(Set(volumes.suffix(1).compactMap(\.domainID)))),
        ]
    }
}
