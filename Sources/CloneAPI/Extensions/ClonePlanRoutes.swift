// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// What a clone would be, before anything is made.
    static let plans: [Route] = [
        Route(
            .post,
            "vms/plan",
            "Tells what POST /vms would make of the same document. Not of oVirt.",
            body: "vm",
            .slow { call in
                let wish = try CloneWish(call.document("vm"), call).wish
                return Answer(try call.engine.plan(wish, as: call.session).element)
            }
        )
    ]
}

extension ClonePlan {
    /// The plan as a document of our own.
    var element: Element {
        Element(
            "clone_plan",
            [
                Element("name", name),
                Element("memory", details.memoryBytes),
                .list("copied_disks", of: "copied_disk", copies.map(\.element)),
                .list("shared_disks", of: "shared_disk", sharedDisks.map(\.element)),
                .list("missing_disks", of: "missing_disk", missingDisks.map(\.element)),
                .list("remarks", of: "remark", remarks.map { Element("remark", $0) }),
                .list("storage_domains", of: "storage_domain", domains.map(space)),
                Element("snapshot", id: snapshot.id.rawValue),
                Element("vm", href: Address.vm(source.id), id: source.id.rawValue),
            ]
        )
    }

    private func space(in domain: StorageDomain) -> Element {
        Element(
            "storage_domain",
            href: Address.storageDomain(domain.id),
            id: domain.id.rawValue,
            [Element("name", domain.name), Element("required_space", requiredBytes(in: domain))]
        )
    }
}

extension ClonePlan.Copy {
    fileprivate var element: Element {
        Element(
            "copied_disk",
            [
                Element("alias", alias), Element("format", shape.format.rawValue),
                Element("interface", attachment.interface.rawValue),
                Element("layers", chain.count),
                Element("provisioned_size", source.disk.capacityBytes),
                Element("required_space", requiredBytes),
                Element("sparse", shape.allocation == .sparse),
                Element(
                    "source",
                    id: source.disk.id.rawValue,
                    [Element("alias", source.disk.alias)]
                ),
                .storageDomains(domain.id),
            ]
        )
    }
}

extension ClonePlan.SharedDisk {
    fileprivate var element: Element {
        Element(
            "shared_disk",
            href: Address.disk(disk.id),
            id: disk.id.rawValue,
            [Element("active", attachment.isPlugged), Element("alias", disk.alias)]
        )
    }
}

extension ClonePlan.MissingDisk {
    fileprivate var element: Element {
        Element(
            "missing_disk",
            [Element("alias", alias), Element("reason", reason), Element("wanted", isWanted)]
        )
    }
}
