// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// Storage domains.
enum DomainRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.live("domains", list)
        routes.get("domains/new") { visit in .page(newPage(visit).0) }
        routes.post("domains/new", create)
        routes.get("domains/:domain/remove") { visit in .page(try removalPage(visit).0) }
        routes.post("domains/:domain/remove", remove)
        for (word, status) in actions {
            routes.post("domains/:domain/\(word)") { visit in
                try visit.run(SetStorageDomainStatus(id: visit.id("domain"), status: status))
                return .redirect(Notice.domainChanged.on(Paths.domains))
            }
        }
    }

    private static let actions: [(String, StorageDomain.Status)] = [
        ("activate", .active), ("maintenance", .maintenance),
    ]

    private static func list(_ visit: Visit) throws -> Reply {
        let isMine = try visit.ask(IsAllowed(.manageStorage, on: .system))
        var sheet = Sheet()
        if isMine {
            sheet.links = [ActionLink("Add storage domain", "\(Paths.domains)/new", .primary)]
        }
        try visit.list(ListStorageDomains(visit.listing), at: Paths.domains, in: &sheet) {
            Table(
                "Storage domains",
                [
                    .init("Name"), .init("Status"), .init("Used"), .number("Free"),
                    .number("Volumes"), .path("Directory"), .actions,
                ],
                empty: "There is no storage domain yet.",
                rows: $0.map { row($0, isMine) }
            )
        }
        return .page(WebPage("Storage domains", "sheet", in: .domains, sheet))
    }

    /// So full is a domain in which something should be done.
    private static let nearlyFull = 0.9

    private static func row(_ entry: ListStorageDomains.Entry, _ isMine: Bool) -> Table.Row {
        let domain = entry.domain
        let (free, total) = (entry.freeBytes, entry.totalBytes)
        let used = free.flatMap { free in total.map { ($0 - min($0, free), $0) } }
        let meter = used.map { used, total in
            let share = Double(used) / Double(max(total, 1))
            return Meter(
                share,
                "\(size(used)) of \(size(total))",
                of: "Used space of \(domain.name)",
                share < nearlyFull ? .busy : .bad
            )
        }
        return Table.Row(cells: [
            Cell(domain.name), Cell(Badge(domain.status)), meter.map { Cell($0) } ?? .nothing,
            free.map { Cell(size($0)) } ?? Cell(Badge("Missing", .bad)),
            Cell("\(entry.volumeCount)"), .code(domain.path), isMine ? actions(entry) : Cell(""),
        ])
    }

    private static func actions(_ entry: ListStorageDomains.Entry) -> Cell {
        let (id, name) = (entry.domain.id, entry.domain.name)
        let isActive = entry.domain.status == .active
        let (word, path) = isActive ? ("Maintenance", "/maintenance") : ("Activate", "/activate")
        let button = ActionButton(word, Paths.domain(id, path), label: "\(word): \(name)")
        let remove = ActionLink("Remove", label: "Remove \(name)", Paths.domain(id, "/remove"))
        return Cell([button], entry.volumeCount == 0 ? [remove] : [])
    }

    private static func newPage(_ visit: Visit) -> (WebPage, FormModel) {
        let form = FormModel(
            "Add storage domain",
            to: "\(Paths.domains)/new",
            cancel: Paths.domains,
            fields: [
                Field("name", "Name", visit.form["name"], isRequired: true),
                Field(
                    "path",
                    "Directory on the server",
                    visit.form["path"],
                    hint: "It must exist, and the service must be able to write to it.",
                    isRequired: true
                ),
            ]
        )
        var page = WebPage("Add storage domain", "form", in: .domains, form)
        page.trail = [Link("Storage domains", Paths.domains)]
        return (page, form)
    }

    private static func create(_ visit: Visit) throws -> Reply {
        let (page, form) = newPage(visit)
        let places = [
            "NAME": "name", "INVALID_NAME": "name", "STORAGE_DOMAIN_NAME": "name",
            "STORAGE_DOMAIN_ALREADY": "path", "STORAGE_DOMAIN_NOT": "path",
        ]
        return try visit.submit(page, form, places) {
            let (name, path) = (visit.form["name"] ?? "", visit.form["path"] ?? "")
            try visit.run(AddStorageDomain(name: name, path: path))
            return Notice.domainAdded.on(Paths.domains)
        }
    }

    private static func removalPage(_ visit: Visit) throws -> (WebPage, FormModel) {
        let domain = try visit.ask(ShowStorageDomain(id: visit.id("domain"))).domain
        let form = FormModel(
            confirming: "Remove \(domain.name)",
            to: Paths.domain(domain.id, "/remove"),
            cancel: Paths.domains,
            "Remove the storage domain \(domain.name)? Its directory stays."
        )
        var page = WebPage("Remove storage domain", "form", in: .domains, form)
        page.trail = [Link("Storage domains", Paths.domains)]
        return (page, form)
    }

    private static func remove(_ visit: Visit) throws -> Reply {
        let (page, form) = try removalPage(visit)
        return try visit.submit(page, form) {
            try visit.run(RemoveStorageDomain(id: visit.id("domain")))
            return Notice.domainRemoved.on(Paths.domains)
        }
    }
}
