// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// Users and what they may do, for who looks after them; and everybody's own password.
enum UserRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.get("users", list)
        routes.get("users/new") { visit in .page(try newPage(visit).0) }
        routes.post("users/new", create)
        routes.get("users/:user") { visit in try .page(UserPermissions.page(visit)) }
        routes.post("users/:user/permissions", UserPermissions.grant)
        routes.post("users/:user/permissions/revoke", UserPermissions.revoke)
        routes.get("users/:user/password") { visit in
            .page(try passwordPage(visit, of: visit.name(in: "user")).0)
        }
        routes.post("users/:user/password") { visit in
            try setPassword(visit, of: visit.name(in: "user"))
        }
        routes.get("users/:user/remove") { visit in .page(try removalPage(visit).0) }
        routes.post("users/:user/remove", remove)
        routes.get("account") { visit in
            .page(try passwordPage(visit, of: visit.session.userName).0)
        }
        routes.post("account") { visit in try setPassword(visit, of: visit.session.userName) }
    }

    /// Throws unless the visitor looks after users: others need not know who there is.
    static func requireAdministrator(_ visit: Visit) throws {
        guard try visit.ask(IsAllowed(.manageUsers, on: .system)) else {
            throw HTTPError(.forbidden, message: "User is not authorized to perform this action.")
        }
    }

    private static func list(_ visit: Visit) throws -> Reply {
        try requireAdministrator(visit)
        var sheet = Sheet()
        sheet.links = [ActionLink("Add user", "\(Paths.users)/new", .primary)]
        try visit.list(ListUsers(visit.listing), at: Paths.users, in: &sheet) { users in
            Table(
                "Users",
                [.init("Name"), .moment("Created"), .actions],
                empty: "There is no user yet.",
                rows: users.map(row)
            )
        }
        return .page(WebPage("Users", "sheet", in: .users, sheet))
    }

    private static func row(_ user: Account) -> Table.Row {
        Table.Row(cells: [
            Cell(user.name, to: Paths.user(user.name)), Cell(moment(user.createdAt)),
            Cell([
                ActionLink(
                    "Permissions",
                    label: "Permissions of \(user.name)",
                    Paths.user(user.name)
                ),
                ActionLink(
                    "Password",
                    label: "Password of \(user.name)",
                    Paths.user(user.name, "/password")
                ),
                ActionLink(
                    "Remove",
                    label: "Remove \(user.name)",
                    Paths.user(user.name, "/remove")
                ),
            ]),
        ])
    }

    private static func newPage(_ visit: Visit) throws -> (WebPage, FormModel) {
        try requireAdministrator(visit)
        let form = FormModel(
            "Add user",
            to: "\(Paths.users)/new",
            cancel: Paths.users,
            fields: [
                Field(
                    "name",
                    "User name",
                    visit.form["name"],
                    hint: "Such as jane; the whole name is jane@\(Account.internalDomain).",
                    isRequired: true
                )
            ] + passwordFields
        )
        var page = WebPage("Add user", "form", in: .users, form)
        page.trail = [Link("Users", Paths.users)]
        return (page, form)
    }

    /// What was typed is not sent back.
    private static var passwordFields: [Field] {
        [("password", "Password"), ("again", "Password again")].map { name, label in
            var field = Field(name, label, nil, kind: .password, isRequired: true)
            field.autocomplete = "new-password"
            return field
        }
    }

    private static let places = [
        "NAME": "name", "INVALID_NAME": "name", "INVALID_PASSWORD": "password",
        "PASSWORDS_DIFFER": "again",
    ]

    /// The password that was typed twice.
    private static func password(_ visit: Visit) throws -> String {
        let password = visit.form.exactly("password")
        guard password == visit.form.exactly("again") else {
            throw EngineError(
                Refusal("PASSWORDS_DIFFER", .badRequest, "The two passwords are not the same.")
            )
        }
        return password
    }

    private static func create(_ visit: Visit) throws -> Reply {
        let (page, form) = try newPage(visit)
        return try visit.submit(page, form, places) {
            let name = LoginModel.wholeName(visit.form["name"] ?? "")
            try visit.run(AddUser(name: name, password: password(visit)))
            return Notice.userAdded.on(Paths.user(name))
        }
    }

    private static func passwordPage(
        _ visit: Visit,
        of name: String
    ) throws -> (WebPage, FormModel) {
        let isOwn = name == visit.session.userName
        if !isOwn { try requireAdministrator(visit) }
        let place = isOwn ? Paths.account : Paths.user(name, "/password")
        var form = FormModel(
            "Change password",
            to: place,
            cancel: isOwn ? Paths.vms : Paths.users,
            fields: passwordFields
        )
        form.intro = "All sessions of \(name) end."
        var page = WebPage("Password of \(name)", "form", in: isOwn ? nil : .users, form)
        page.trail = isOwn ? [] : [Link("Users", Paths.users)]
        return (page, form)
    }

    private static func setPassword(_ visit: Visit, of name: String) throws -> Reply {
        let (page, form) = try passwordPage(visit, of: name)
        return try visit.submit(page, form, places) {
            try visit.run(SetPassword(name: name, password: password(visit)))
            return name == visit.session.userName
                ? "\(WebRoutes.root)/login?expired=1" : Notice.passwordChanged.on(Paths.users)
        }
    }

    private static func removalPage(_ visit: Visit) throws -> (WebPage, FormModel) {
        try requireAdministrator(visit)
        let name = try visit.name(in: "user")
        let form = FormModel(
            confirming: "Remove \(name)",
            to: Paths.user(name, "/remove"),
            cancel: Paths.users,
            "Remove the user \(name) with all sessions and permissions? What he has made stays."
        )
        var page = WebPage("Remove user", "form", in: .users, form)
        page.trail = [Link("Users", Paths.users)]
        return (page, form)
    }

    private static func remove(_ visit: Visit) throws -> Reply {
        let (page, form) = try removalPage(visit)
        return try visit.submit(page, form) {
            try visit.run(RemoveUser(name: visit.name(in: "user")))
            return Notice.userRemoved.on(Paths.users)
        }
    }
}
