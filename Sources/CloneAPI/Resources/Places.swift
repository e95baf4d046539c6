// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

extension RouteTable {
    /// Where VMs are: one data center with one cluster of one host, and their networks.
    static let places: [Route] =
        one("datacenters", "data_centers", "data_center", dataCenterElement)
        + one("clusters", "clusters", "cluster", clusterElement)
        + one("hosts", "hosts", "host", hostElement)
        + one("templates", "templates", "template", templateElement)
        + one("macpools", "mac_pools", "mac_pool", macPoolElement)
        + [
            .get("datacenters/{datacenter}/clusters", "Lists the data center's clusters.") { call in
                try dataCenterMustMatch(call)
                return .list("clusters", of: "cluster", [clusterElement])
            },
            .get("datacenters/{datacenter}/networks", "Lists the data center's networks.") { call in
                try dataCenterMustMatch(call)
                return try networkList(call)
            },
            .get("clusters/{cluster}/networks", "Lists the cluster's networks.") { call in
                guard call.parameters["cluster"] == Constants.clusterID else {
                    throw Fault.notFound("Cluster", call.parameters["cluster"] ?? "")
                }
                return try networkList(call)
            },
            .get("networks", "Lists networks.") { call in try networkList(call) },
            .get("networks/{network}", "Shows a network.") { call in
                try find(call.parameters["network"], in: networkList(call), "Network")
            },
            .get("vnicprofiles", "Lists the profiles of network cards: one for each network.") {
                call in
                try profileList(call)
            },
            .get("vnicprofiles/{profile}", "Shows a profile of network cards.") { call in
                try find(call.parameters["profile"], in: profileList(call), "VnicProfile")
            },
        ]

    static func dataCenterMustMatch(_ call: Call) throws {
        let id = call.parameters["datacenter"] ?? ""
        guard id == Constants.dataCenterID else { throw Fault.notFound("DataCenter", id) }
    }

    /// The routes of a collection that has one thing in it, which a search may miss.
    private static func one(
        _ path: String,
        _ name: String,
        _ kind: String,
        _ item: Element
    ) -> [Route] {
        [
            .get(path, "Lists the one \(kind.replacing("_", with: " ")) there is: `search=name=…`.")
            { call in
                let isFound = try ConstantSearch(call.listing()).finds(item)
                return .list(name, of: kind, isFound ? [item] : [])
            },
            .get("\(path)/{\(kind.replacing("_", with: ""))}", "Shows it.") { call in
                let id = call.parameters[kind.replacing("_", with: "")] ?? ""
                guard id == item.id else { throw Fault.notFound(kind, id) }
                return item
            },
        ]
    }

    private static func find(_ id: String?, in list: Element, _ kind: String) throws -> Element {
        guard let found = list.children.first(where: { $0.id == id }) else {
            throw Fault.notFound(kind, id ?? "")
        }
        return found
    }

    /// The names of networks that cards are plugged into, and of oVirt's own.
    static func networkNames(_ call: Call) throws -> [String] {
        let names = try call.ask(ListNetworkNames())
        return names.contains("ovirtmgmt") ? names : ["ovirtmgmt"] + names
    }

    private static func networkList(_ call: Call) throws -> Element {
        let items = try networkNames(call).map { name in
            let id = Constants.id(of: "network", named: name)
            return Element(
                "network",
                href: "\(Address.base)/networks/\(id)",
                id: id,
                [
                    Element("name", name), Element("description", ""), Element("stp", false),
                    .list("usages", of: "usage", [Element("usage", "vm")]),
                    Element("data_center", href: Constants.dataCenter, id: Constants.dataCenterID),
                ]
            )
        }
        let search = try ConstantSearch(call.listing())
        return .list("networks", of: "network", try items.filter(search.finds))
    }

    private static func profileList(_ call: Call) throws -> Element {
        let items = try networkNames(call).map { name in
            let id = Constants.id(of: "vnic_profile", named: name)
            let network = Constants.id(of: "network", named: name)
            return Element(
                "vnic_profile",
                href: "\(Address.base)/vnicprofiles/\(id)",
                id: id,
                [
                    Element("name", name), Element("pass_through", [Element("mode", "disabled")]),
                    Element("network", href: "\(Address.base)/networks/\(network)", id: network),
                ]
            )
        }
        return .list("vnic_profiles", of: "vnic_profile", items)
    }

    private static let dataCenterElement = Element(
        "data_center",
        href: Constants.dataCenter,
        id: Constants.dataCenterID,
        [Element("name", Constants.defaultName), Element("description", "")]
            + Element.links(
                ["clusters", "networks", "storagedomains"],
                below: Constants.dataCenter
            )
            + [
                Element("local", true), Element("status", "up"), Element("storage_format", "v5"),
                version,
            ]
    )

    private static let clusterElement = Element(
        "cluster",
        href: Constants.cluster,
        id: Constants.clusterID,
        [Element("name", Constants.defaultName), Element("description", "")]
            + Element.links(["networks"], below: Constants.cluster)
            + [
                Element("cpu", [Element("architecture", "x86_64")]),
                Element("virt_service", true), version,
                Element("data_center", href: Constants.dataCenter, id: Constants.dataCenterID),
            ]
    )

    private static let version = Element("version", [Element("major", 4), Element("minor", 7)])

    private static let hostElement: Element = {
        let name = ProcessInfo.processInfo.hostName
        return Element(
            "host",
            href: Constants.host,
            id: Constants.hostID,
            [
                Element("name", name), Element("address", name), Element("comment", ""),
                Element("status", "up"), Element("type", "rhel"),
                Element("cluster", href: Constants.cluster, id: Constants.clusterID),
            ]
        )
    }()

    private static let templateElement = Element(
        "template",
        href: Constants.blankTemplate,
        id: Constants.blankTemplateID,
        [
            Element("name", "Blank"), Element("description", "Blank template"),
            Element(
                "cpu",
                [
                    Element(
                        "topology",
                        [Element("cores", 1), Element("sockets", 1), Element("threads", 1)]
                    )
                ]
            ),
            Element("memory", 1 << 30), Element("status", "ok"), Element("type", "server"),
            Element("version", [Element("version_number", 1)]),
        ]
    )

    private static let macPoolElement = Element(
        "mac_pool",
        href: "\(Address.base)/macpools/\(Constants.macPoolID)",
        id: Constants.macPoolID,
        [
            Element("name", Constants.defaultName), Element("allow_duplicates", false),
            Element("default_pool", true),
        ]
    )
}
