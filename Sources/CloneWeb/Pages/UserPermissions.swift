// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

/// What one user may do.
struct UserPermissions: Sendable {
    /// A permission as the page shows it.
    struct Granted: Sendable {
        let role: String
        let object: String
        /// What a form takes it back by.
        let objectID: String
    }

    let permissions: [Granted]
    let pager: Pager?
    let revoke: String
    let grant: FormModel
    /// Why one could not be taken back.
    let errors: [String]

    /// The page, with what an engine has said against a change.
    static func page(_ visit: Visit, _ error: EngineError? = nil) throws -> WebPage {
        try UserRoutes.requireAdministrator(visit)
        let name = try visit.name(in: "user")
        var grant = FormModel(
            "Grant",
            to: Paths.user(name, "/permissions"),
            cancel: Paths.users,
            fields: fields(visit)
        )
        let isRevoked = visit.form["object"] != nil
        if let error, !isRevoked { grant.show(error, places) }
        let all = try visit.ask(ListPermissions(of: name))
        let shown = all.dropFirst((Pager.page(in: visit.query) - 1) * Pager.size)
            .prefix(Pager.size)
        let model = UserPermissions(
            permissions: shown.map(Granted.init),
            pager: all.count > Pager.size
                ? Pager(visit.query, of: shown.count, total: all.count, at: Paths.user(name)) : nil,
            revoke: Paths.user(name, "/permissions/revoke"),
            grant: grant,
            errors: isRevoked ? error?.refusals.map(\.text) ?? [] : []
        )
        var page = WebPage("Permissions of \(name)", "permissions", in: .users, model)
        page.trail = [Link("Users", Paths.users)]
        page.status = error?.kind.status.code ?? 200
        return page
    }

    private static func fields(_ visit: Visit) -> [Field] {
        [
            Field(
                "role",
                "Role",
                of: Permission.Role.allCases.map { ($0.rawValue, "\($0.rawValue): \($0.purpose)") },
                visit.form["role"] ?? Permission.Role.vmOwner.rawValue
            ),
            Field(
                "kind",
                "On",
                of: PermissionTarget.allCases.map { ($0.rawValue, $0.label) },
                visit.form["kind"] ?? PermissionTarget.vm.rawValue
            ),
            Field(
                "name",
                "Its name",
                visit.form["name"],
                hint: "Or its id. Empty for everything."
            ),
        ]
    }

    private static let places = [
        "VM_NOT": "name", "DISK_NOT": "name", "STORAGE_DOMAIN_NOT": "name", "AMBIGUOUS": "name",
        "OBJECT": "name",
    ]

    /// Gives the user the role on what the form names.
    @Sendable
    static func grant(_ visit: Visit) throws -> Reply {
        try change(visit, isGranted: true, .permissionGranted) {
            let kind: PermissionTarget = visit.form.choice("kind") ?? .vm
            return try kind.object(named: visit.form["name"] ?? "", visit)
        }
    }

    /// Takes a role back that the page has shown.
    @Sendable
    static func revoke(_ visit: Visit) throws -> Reply {
        try change(visit, isGranted: false, .permissionRevoked) {
            ObjectReference(text: visit.form["object"] ?? "")
        }
    }

    private static func change(
        _ visit: Visit,
        isGranted: Bool,
        _ notice: Notice,
        _ object: () throws -> ObjectReference?
    ) throws -> Reply {
        let name = try visit.name(in: "user")
        do {
            guard let role: Permission.Role = visit.form.choice("role"), let object = try object()
            else { throw EngineError(.noObject("Choose a role, and what it is on.")) }
            let permission = Permission(userName: name, role: role, object: object)
            try visit.run(GrantPermission(permission, isGranted: isGranted))
            return .redirect(notice.on(Paths.user(name)))
        } catch let error as EngineError {
            return .page(try page(visit, error))
        }
    }
}

extension UserPermissions.Granted {
    fileprivate init(_ entry: ListPermissions.Entry) {
        let reference = entry.permission.object
        role = entry.permission.role.rawValue
        object = reference == .system ? "everything" : "\(reference.noun) \(entry.objectName)"
        objectID = reference.text
    }
}

/// What permissions are about.
///
/// It is named, not picked: there may be any number of each.
private enum PermissionTarget: String, CaseIterable {
    case vm, disk, domain, system

    var label: String {
        switch self {
        case .vm: "VM"
        case .disk: "Disk"
        case .domain: "Storage domain"
        case .system: "Everything"
        }
    }

    /// The one thing that somebody means by a name or an id.
    func object(named name: String, _ visit: Visit) throws -> ObjectReference {
        guard name.isEmpty == (self == .system) else {
            throw EngineError(
                .noObject(
                    self == .system
                        ? "Everything has no name: empty this, or choose what bears the name."
                        : "Say which one: its name or its id."
                )
            )
        }
        return switch self {
        case .vm: .vm(try visit.ask(Find.vm(name)))
        case .disk: .disk(try visit.ask(Find.disk(name)))
        case .domain: .domain(try visit.ask(Find.domain(name)))
        case .system: .system
        }
    }
}

extension ObjectReference {
    /// As the page's forms send it.
    fileprivate var text: String { "\(kind.rawValue):\(id)" }

    fileprivate init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind: kind, id: String(parts[1]))
    }
}

extension Refusal {
    fileprivate static func noObject(_ text: String) -> Refusal {
        Refusal("OBJECT_MISSING", .badRequest, text)
    }
}
