// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

extension RouteTable {
    /// The entry, with all collections.
    static let root: [Route] = [
        .get("", "Shows the product, a summary, and links to all collections.") { call in
            Element(
                "api",
                links
                    + [
                        productInfo, specialObjects, try summary(call), Element("time", Date()),
                        Element(
                            "authenticated_user",
                            href: Address.user(try userID(of: call)),
                            id: try userID(of: call)
                        ),
                    ]
            )
        }
    ]

    private static let collections = [
        "affinitylabels", "bookmarks", "clusters", "clusterlevels", "cpuprofiles", "datacenters",
        "diskprofiles", "disks", "domains", "events", "groups", "hosts", "icons",
        "instancetypes", "jobs", "macpools", "networks", "operatingsystems", "permissions",
        "roles", "storageconnections", "storagedomains", "tags", "templates", "users",
        "vmpools", "vms", "vnicprofiles",
    ]

    private static let links: [Element?] = Element.links(collections, below: Address.base)

    /// The version of oVirt whose API this is.
    private static let productInfo = Element(
        "product_info",
        [
            Element("name", "clone-vm"), Element("vendor", "clone-image authors"),
            Element(
                "version",
                [
                    Element("build", 8), Element("full_version", "4.5.8"), Element("major", 4),
                    Element("minor", 5), Element("revision", 0),
                ]
            ),
        ]
    )

    private static let specialObjects = Element(
        "special_objects",
        [
            Element(
                "blank_template",
                href: Constants.blankTemplate,
                id: Constants.blankTemplateID
            ),
            Element(
                "root_tag",
                href: "\(Address.base)/tags/\(Constants.rootTagID)",
                id: Constants.rootTagID
            ),
        ]
    )

    private static func summary(_ call: Call) throws -> Element {
        let none = ListingOptions(maximum: 1)
        let up = ListingOptions(search: "status = up", maximum: 1)
        let active = ListingOptions(search: "status = active", maximum: 1)
        let users = try call.ask(ListUsers(none)).totalCount
        return Element(
            "summary",
            [
                counts("hosts", active: 1, total: 1),
                counts(
                    "storage_domains",
                    active: try call.ask(ListStorageDomains(active)).totalCount,
                    total: try call.ask(ListStorageDomains(none)).totalCount
                ),
                counts("users", active: users, total: users),
                counts(
                    "vms",
                    active: try call.ask(ListVMs(up)).totalCount,
                    total: try call.ask(ListVMs(none)).totalCount
                ),
            ]
        )
    }

    private static func counts(_ name: String, active: Int, total: Int) -> Element {
        Element(name, [Element("active", active), Element("total", total)])
    }
}
