// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// Who may do what with which object.
    static let permissions: [Route] =
        places("permissions", "all there is") { _ in .system }
        + places("vms/{vm}/permissions", "a VM") { .vm($0.id("vm")) }
        + places("disks/{disk}/permissions", "a disk") { .disk($0.id("disk")) }
        + places("storagedomains/{domain}/permissions", "a storage domain") {
            .domain($0.id("domain"))
        }
        + [
            .get("users/{user}/permissions", "Lists what a user may do.", ofUser),
            .get("users/{user}/permissions/{permission}", "Shows a user's permission.") { call in
                let id = call.parameters["permission"] ?? ""
                guard let found = try ofUser(call).children.first(where: { $0.id == id }) else {
                    throw Fault.notFound("Permission", id)
                }
                return found
            },
        ]

    @Sendable private static func ofUser(_ call: Call) throws -> Element {
        let user = try call.ask(ShowUser(id: call.id("user")))
        let page = try call.ask(ListPermissions(of: user.name))
        return try list(page, below: "\(Address.user(user.id))/permissions", call)
    }

    /// The routes of one kind of object.
    private static func places(
        _ path: String,
        _ noun: String,
        _ object: @escaping @Sendable (Call) -> ObjectReference
    ) -> [Route] {
        [
            .get(path, "Lists who may do what with \(noun).") { call in
                let page = try call.ask(ListPermissions(on: object(call)))
                return try list(page, below: base(path, call), call)
            },
            Route(
                .post,
                path,
                "Gives a user a role on \(noun).",
                body: "permission",
                .slow { call in
                    let permission = try permission(call, on: object(call))
                    try call.run(GrantPermission(permission))
                    let user = try account(named: permission.userName, call)
                    return .created(permission.element(below: base(path, call), user))
                }
            ),
            .get("\(path)/{permission}", "Shows a permission.") { call in
                let permission = try find(call, on: object(call))
                let user = try account(named: permission.userName, call)
                return permission.element(below: base(path, call), user)
            },
            Route(
                .delete,
                "\(path)/{permission}",
                "Takes a role back.",
                .slow { call in
                    try call.run(GrantPermission(find(call, on: object(call)), isGranted: false))
                    return .complete
                }
            ),
        ]
    }

    /// The address of the collection of a call.
    private static func base(_ path: String, _ call: Call) -> String {
        let parts = path.split(separator: "/").map { part in
            part.first == "{"
                ? call.parameters[String(part.dropFirst().dropLast())] ?? "" : "\(part)"
        }
        return ([Address.base] + parts).joined(separator: "/")
    }

    private static func list(
        _ page: Page<ListPermissions.Entry>,
        below base: String,
        _ call: Call
    ) throws -> Element {
        let accounts = try call.ask(ListUsers())
        let ids = Dictionary(accounts.map { ($0.name, $0) }) { first, _ in first }
        let items = page.map { entry in
            entry.permission.element(below: base, ids[entry.permission.userName])
        }
        return .list("permissions", of: "permission", items)
    }

    private static func find(_ call: Call, on object: ObjectReference) throws -> Permission {
        let id = call.parameters["permission"] ?? ""
        let all = try call.ask(ListPermissions(on: object)).map(\.permission)
        guard let found = all.first(where: { $0.id == id }) else {
            throw Fault.notFound("Permission", id)
        }
        return found
    }

    private static func account(named name: String, _ call: Call) throws -> Account? {
        try call.ask(ListUsers()).first { $0.name == name }
    }

    private static func permission(_ call: Call, on object: ObjectReference) throws -> Permission {
        let document = try call.document("permission")
        guard let role = document["role"], let user = document["user"] else {
            throw Fault.incomplete("Permission", "role.id|name, user.id", for: "add")
        }
        return Permission(
            userName: try userName(user, call),
            role: try self.role(role),
            object: object
        )
    }

    private static func role(_ document: Element) throws -> Permission.Role {
        let wanted = document.id ?? document.text("name") ?? ""
        let found = Permission.Role.allCases.first { $0.id == wanted || $0.rawValue == wanted }
        guard let found else { throw Fault.notFound("Role", wanted) }
        return found
    }

    private static func userName(_ document: Element, _ call: Call) throws -> String {
        if let id = document.id { return try call.ask(ShowUser(id: .init(rawValue: id))).name }
        guard let name = document.text("user_name") else {
            throw Fault.incomplete("Permission", "user.id|user_name", for: "add")
        }
        return name
    }
}

extension Permission {
    var id: String {
        let words = [userName, role.rawValue, object.kind.rawValue, object.id]
        return Constants.id(of: "permission", named: words.joined(separator: "/"))
    }

    /// The permission as oVirt shows it.
    func element(below base: String, _ user: Account?) -> Element {
        Element(
            "permission",
            href: "\(base)/\(id)",
            id: id,
            [
                about, Element("role", href: "\(Address.base)/roles/\(role.id)", id: role.id),
                Element(
                    "user",
                    href: user.map { Address.user($0.id) },
                    id: user?.id.rawValue,
                    [Element("user_name", userName)]
                ),
            ]
        )
    }

    private var about: Element? {
        switch object.kind {
        case .vm: Element("vm", href: Address.vm(object.id), id: object.id)
        case .disk: Element("disk", href: Address.disk(object.id), id: object.id)
        case .storageDomain:
            Element("storage_domain", href: Address.storageDomain(object.id), id: object.id)
        case .system, .volume, .snapshot: nil
        }
    }
}
