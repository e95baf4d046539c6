// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// Storage domains, by themselves and as the data center has them.
    static let storageDomains: [Route] = [
        .get("storagedomains", "Lists storage domains: `search`, `max`, `follow`.", list),
        Route(
            .post,
            "storagedomains",
            "Makes a directory of this host a storage domain.",
            body: "storage_domain",
            .slow(addStorageDomain)
        ),
        .get("storagedomains/{domain}", "Shows a storage domain.") { call in
            try call.ask(ShowStorageDomain(id: call.id("domain"))).element
        },
        Route(
            .delete,
            "storagedomains/{domain}",
            "Forgets a storage domain that has no volumes.",
            .slow { call in
                try call.run(RemoveStorageDomain(id: call.id("domain")))
                return .complete
            }
        ),
        .get("storagedomains/{domain}/disks", "Lists the disks in a storage domain.") { call in
            let domain = try call.ask(ShowStorageDomain(id: call.id("domain"))).domain
            let all = try call.ask(ListDisks(call.listing()))
            let items = all.filter { $0.volumes.contains { $0.domainID == domain.id } }
            return .list("disks", of: "disk", items.map(\.element))
        },
        .get("datacenters/{datacenter}/storagedomains", "Lists the data center's storage domains.")
        { call in
            try dataCenterMustMatch(call)
            return try list(call)
        },
        .get("datacenters/{datacenter}/storagedomains/{domain}", "Shows a storage domain.") {
            call in
            try dataCenterMustMatch(call)
            return try call.ask(ShowStorageDomain(id: call.id("domain"))).element
        },
        statusRoute("activate", "Takes a storage domain into use again.", .active),
        statusRoute("deactivate", "Takes a storage domain out of use.", .maintenance),
    ]

    @Sendable private static func list(_ call: Call) throws -> Element {
        let entries = try call.ask(ListStorageDomains(call.listing()))
        return .list("storage_domains", of: "storage_domain", entries.map(\.element))
    }

    private static func statusRoute(
        _ action: String,
        _ summary: String,
        _ status: StorageDomain.Status
    ) -> Route {
        Route(
            .post,
            "datacenters/{datacenter}/storagedomains/{domain}/\(action)",
            summary,
            body: "action",
            .slow { call in
                try dataCenterMustMatch(call)
                try call.run(SetStorageDomainStatus(id: call.id("domain"), status: status))
                return .complete
            }
        )
    }

    private static func addStorageDomain(_ call: Call) throws -> Answer {
        let document = try call.document("storage_domain")
        guard let name = document.text("name"), let path = document["storage"]?.text("path") else {
            throw Fault.incomplete("StorageDomain", "name, storage.path", for: "add")
        }
        let domain = try call.run(AddStorageDomain(name: name, path: path))
        return .created(try call.ask(ShowStorageDomain(id: domain.id)).element)
    }
}

extension ListStorageDomains.Entry {
    /// The domain as oVirt shows it.
    var element: Element {
        let href = Address.storageDomain(domain.id)
        return Element(
            "storage_domain",
            href: href,
            id: domain.id.rawValue,
            [Element("name", domain.name), Element("description", ""), Element("comment", "")]
                + Element.links(["disks", "permissions"], below: href)
                + [
                    freeBytes.map { Element("available", $0) },
                    Element("critical_space_action_blocker", 0),
                    Element("external_status", "ok"), Element("master", false),
                    Element("status", domain.status.rawValue),
                    Element(
                        "storage",
                        [Element("path", domain.path), Element("type", "localfs")]
                    ),
                    Element("storage_format", "v5"), Element("type", "data"),
                    usedBytes.map { Element("used", $0) },
                    Element("wipe_after_delete", false),
                    .list(
                        "data_centers",
                        of: "data_center",
                        [
                            Element(
                                "data_center",
                                href: Constants.dataCenter,
                                id: Constants.dataCenterID
                            )
                        ]
                    ),
                ]
        )
    }
}
