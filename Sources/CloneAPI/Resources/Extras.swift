// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes

extension RouteTable {
    /// Collections that clients look into, with nothing in them, and the description of the API.
    static let extras: [Route] =
        emptyCollections.map { .empty($0, $1, of: $2) } + [
            .get("tags", "Lists the one tag that everything has.") { _ in
                .list("tags", of: "tag", [rootTag])
            },
            .get("tags/{tag}", "Shows a tag.") { call in
                let id = call.parameters["tag"] ?? ""
                guard id == Constants.rootTagID else { throw Fault.notFound("Tag", id) }
                return rootTag
            },
            Route(
                .get,
                "openapi.json",
                "Describes this API. Not of oVirt.",
                .quick { _ in
                    Answer(.ok, .other(type: "application/json", OpenAPIDocument.body))
                }
            ),
        ]

    private static let emptyCollections = [
        ("affinitylabels", "affinity_labels", "affinity_label"),
        ("bookmarks", "bookmarks", "bookmark"),
        ("clusterlevels", "cluster_levels", "cluster_level"),
        ("cpuprofiles", "cpu_profiles", "cpu_profile"),
        ("diskprofiles", "disk_profiles", "disk_profile"),
        ("groups", "groups", "group"),
        ("icons", "icons", "icon"),
        ("instancetypes", "instance_types", "instance_type"),
        ("operatingsystems", "operating_systems", "operating_system"),
        ("storageconnections", "storage_connections", "storage_connection"),
        ("vmpools", "vm_pools", "vm_pool"),
    ]

    private static let rootTag = Element(
        "tag",
        href: "\(Address.base)/tags/\(Constants.rootTagID)",
        id: Constants.rootTagID,
        [Element("name", "root"), Element("description", "root")]
    )
}
