// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes

extension RouteTable {
    /// Accounts, and the roles that they may have.
    static let users: [Route] = [
        .get("users", "Lists users: `search`, `max`.") { call in
            .list("users", of: "user", try call.ask(ListUsers(call.listing())).map(\.element))
        },
        .get("users/{user}", "Shows a user.") { call in
            try call.ask(ShowUser(id: call.id("user"))).element
        },
        Route(
            .delete,
            "users/{user}",
            "Removes a user, with his sessions and permissions.",
            .slow { call in
                try call.run(RemoveUser(name: call.ask(ShowUser(id: call.id("user"))).name))
                return .complete
            }
        ),
        .get("roles", "Lists the roles that users may have.") { _ in
            .list("roles", of: "role", Permission.Role.allCases.map(\.element))
        },
        .get("roles/{role}", "Shows a role.") { call in
            let id = call.parameters["role"] ?? ""
            guard let role = Permission.Role.allCases.first(where: { $0.id == id }) else {
                throw Fault.notFound("Role", id)
            }
            return role.element
        },
        .get("domains", "Lists the domains that vouch for users.") { _ in
            .list("domains", of: "domain", [domainElement])
        },
        .get("domains/{authority}", "Shows the domain of users that there is.") { call in
            let id = call.parameters["authority"] ?? ""
            guard id == domainElement.id else { throw Fault.notFound("Domain", id) }
            return domainElement
        },
    ]

    private static let domainElement: Element = {
        let id = Constants.id(of: "domain", named: Account.internalDomain)
        return Element(
            "domain",
            href: "\(Address.base)/domains/\(id)",
            id: id,
            [Element("name", "internal-authz")]
        )
    }()

    /// The id of who asks.
    static func userID(of call: Call) throws -> String {
        let name = call.session.userName
        let mine = try call.ask(ListUsers(ListingOptions(search: "name = \"\(name)\"")))
        return mine.first?.id.rawValue ?? Constants.id(of: "user", named: name)
    }
}

extension Account {
    /// The user as oVirt shows it.
    var element: Element {
        Element(
            "user",
            href: Address.user(id),
            id: id.rawValue,
            [
                Element("name", String(name.prefix { $0 != "@" })),
                Element("domain_entry_id", id.rawValue), Element("namespace", "*"),
                Element("principal", String(name.prefix { $0 != "@" })),
                Element("user_name", "\(name)-authz"),
                .link("permissions", "\(Address.user(id))/permissions"),
            ]
        )
    }
}

extension Permission.Role {
    var id: String { Constants.id(of: "role", named: rawValue) }

    /// The role as oVirt shows it.
    var element: Element {
        Element(
            "role",
            href: "\(Address.base)/roles/\(id)",
            id: id,
            [
                Element("name", rawValue), Element("administrative", isAdministrative),
                Element("mutable", false),
                .list(
                    "permits",
                    of: "permit",
                    actions.map(\.rawValue).sorted().map {
                        Element("permit", [Element("name", $0)])
                    }
                ),
            ]
        )
    }
}
