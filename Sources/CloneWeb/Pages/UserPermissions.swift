// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What one user may do.
struct UserPermissions: Sendable {
    /// A permission as the page shows it.
    struct Granted: Sendable {
        let role: String
        let object: String
        let objectID: String
    }

    let permissions: [Granted]
    let action: String
    let role: Field
    let object: Field
    let errors: [String]

    static func page(_ visit: Visit, errors: [String] = []) throws -> WebPage {
        try UserRoutes.requireAdministrator(visit)
        let name = try visit.name(in: "user")
        let names = try ObjectNames(visit)
        let granted = try visit.ask(ListPermissions(of: name))
        let model = UserPermissions(
            permissions: granted.map {
                Granted(
                    role: $0.permission.role.rawValue,
                    object: ObjectNames.name(of: $0),
                    objectID: ObjectNames.text($0.permission.object)
                )
            },
            action: Paths.user(name, "/permissions"),
            role: Field(
                "role",
                "Role",
                of: Permission.Role.allCases.map { ($0.rawValue, $0.rawValue) },
                visit.form["role"] ?? Permission.Role.vmOwner.rawValue
            ),
            object: Field(
                "object",
                "On",
                of: names.choices,
                visit.form["object"],
                hint:
                    "Everything, a storage domain, or one of the first \(ObjectNames.maximumVMs) VMs."
            ),
            errors: errors
        )
        var page = WebPage("Permissions of \(name)", "users", in: .users, model)
        page.trail = [Link("Users", Paths.users)]
        page.status = errors.isEmpty ? 200 : 409
        return page
    }

    @Sendable
    static func grant(_ visit: Visit) throws -> Reply {
        try change(visit, isGranted: true, .permissionGranted)
    }

    @Sendable
    static func revoke(_ visit: Visit) throws -> Reply {
        try change(visit, isGranted: false, .permissionRevoked)
    }

    private static func change(
        _ visit: Visit,
        isGranted: Bool,
        _ notice: Notice
    ) throws -> Reply {
        let name = try visit.name(in: "user")
        guard let role: Permission.Role = visit.form.choice("role"),
            let object = ObjectNames.object(visit.form["object"] ?? "")
        else { return .page(try page(visit, errors: ["Choose a role and an object."])) }
        do {
            let permission = Permission(userName: name, role: role, object: object)
            try visit.run(GrantPermission(permission, isGranted: isGranted))
            return .redirect(notice.on(Paths.user(name)))
        } catch let error as EngineError {
            return .page(try page(visit, errors: error.refusals.map(\.text)))
        }
    }
}

/// The names of what permissions are about.
private struct ObjectNames {
    private let domains: [StorageDomain]
    private let vms: [VirtualMachine]
    /// More than anybody picks from a list.
    static let maximumVMs = 500

    init(_ visit: Visit) throws {
        domains = try visit.ask(ListStorageDomains()).map(\.domain)
        vms = try visit.ask(ListVMs(.init(maximum: ObjectNames.maximumVMs))).entries
    }

    var choices: [(value: String, text: String)] {
        [(ObjectNames.text(.system), "Everything")]
            + domains.map { (ObjectNames.text(.domain($0.id)), "Storage domain \($0.name)") }
            + vms.map { (ObjectNames.text(.vm($0.id)), "VM \($0.name)") }
    }

    static func name(of entry: ListPermissions.Entry) -> String {
        let object = entry.permission.object
        let noun =
            switch object.kind {
            case .system: "Everything"
            case .storageDomain: "Storage domain"
            case .vm: "VM"
            default: "\(object.kind.rawValue)"
            }
        return "\(noun) \(entry.objectName)"
    }

    static func text(_ object: ObjectReference) -> String { "\(object.kind.rawValue):\(object.id)" }

    static func object(_ text: String) -> ObjectReference? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = ObjectReference.Kind(rawValue: String(parts[0])) else {
            return nil
        }
        return ObjectReference(kind: kind, id: String(parts[1]))
    }
}
