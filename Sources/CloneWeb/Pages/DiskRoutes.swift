// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// Disks: all of them, one with the picture of its chain, and what is done with them.
enum DiskRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.live("disks", list)
        routes.get("disks/:disk", show)
        routes.get("disks/:disk/remove") { visit in .page(try removalPage(visit).0) }
        routes.post("disks/:disk/remove", remove)
        for word in ["plug", "unplug"] {
            routes.post("vms/:vm/disks/:disk/\(word)") { visit in
                let vm: VirtualMachine.ID = try visit.id("vm")
                let isPlugged = word == "plug"
                try visit.run(PlugDisk(diskID: visit.id("disk"), vmID: vm, isPlugged: isPlugged))
                let notice: Notice = isPlugged ? .diskPlugged : .diskUnplugged
                return .redirect(notice.on(Paths.vm(vm, MachineView.disks.path)))
            }
        }
        for kind in DiskForm.allCases {
            routes.get("vms/:vm/disks/\(kind)") { visit in .page(try kind.page(visit).0) }
            routes.post("vms/:vm/disks/\(kind)", kind.submit)
        }
    }

    private static func list(_ visit: Visit) throws -> Reply {
        var sheet = Sheet()
        sheet.search = SearchBox(
            action: Paths.disks,
            value: visit.query["search"] ?? "",
            label: "Search disks",
            example: "alias=root* and vm=web"
        )
        let names = try visit.ask(StorageDomainNames())
        try visit.list(ListDisks(visit.listing), at: Paths.disks, in: &sheet) { disks in
            Table(
                "Disks",
                [
                    .init("Alias"), .init("Status"), .number("Virtual size"), .init("Storage"),
                    .number("Layers"), .init("Attached to"),
                ],
                empty: "No disk is found.",
                rows: disks.map { row($0, names) }
            )
        }
        return .page(WebPage("Disks", "sheet", in: .disks, sheet))
    }

    private static func row(
        _ entry: ListDisks.Entry,
        _ names: [StorageDomain.ID: String]
    ) -> Table.Row {
        let top = entry.volumes.last
        let place = top.map { $0.domainID.flatMap { names[$0] } ?? entry.disk.origin } ?? "–"
        return Table.Row(cells: [
            Cell(entry.disk.alias, to: Paths.disk(entry.disk.id), note: entry.disk.kindNote),
            Cell(Badge(top?.status ?? .ok)), Cell(size(entry.disk.capacityBytes)), Cell(place),
            Cell(top == nil ? "–" : "\(entry.volumes.count)"),
            machines(entry),
        ])
    }

    /// The VMs that have a disk, which lead to where they are found.
    private static func machines(_ entry: ListDisks.Entry) -> Cell {
        let names = entry.vmNames
        let search = names.map { "name=\"\($0)\"" }.joined(separator: " or ")
        return names.isEmpty
            ? .nothing : Cell(names.joined(separator: ", "), to: Paths.listing(Paths.vms, search))
    }

    private static func show(_ visit: Visit) throws -> Reply {
        let entry = try visit.ask(ShowDisk(id: visit.id("disk")))
        var sheet = Sheet()
        sheet.badge = Badge(entry.volumes.last?.status ?? .ok)
        sheet.subtitle = entry.disk.description.isEmpty ? nil : entry.disk.description
        sheet.facts = [facts(entry)]
        if try visit.ask(IsAllowed(.deleteDisk, on: .disk(entry.disk.id))) {
            let remove = Paths.disk(entry.disk.id, "/remove")
            sheet.links = [ActionLink("Remove", remove, .danger)]
        }
        try addChain(of: entry, to: &sheet, visit)
        var page = WebPage(entry.disk.alias, "sheet", in: .disks, sheet)
        page.trail = [Link("Disks", Paths.disks)]
        return .page(page)
    }

    private static func facts(_ entry: ListDisks.Entry) -> Sheet.Facts {
        let disk = entry.disk
        let kind = disk.kind == .lun ? "Direct LUN" : disk.isShareable ? "Shareable image" : "Image"
        return .init(
            "Disk",
            [
                .init("Kind", kind), .init("Virtual size", size(disk.capacityBytes)),
                .init("Attached to", machines(entry)),
                .init("Created", moment(disk.createdAt)), .init("Id", .code(disk.id.rawValue)),
            ] + (disk.lunPath.map { [.init("Device", .code($0))] } ?? [])
        )
    }

    private static func addChain(
        of entry: ListDisks.Entry,
        to sheet: inout Sheet,
        _ visit: Visit
    ) throws {
        guard !entry.volumes.isEmpty else { return }
        let names = try visit.ask(StorageDomainNames())
        do {
            let survey = try visit.engine.survey(
                entry.disk.id,
                partCount: Drawing.partCount,
                as: visit.session
            )
            sheet.drawing = Drawing(survey)
            sheet.parts = [.init("Layers", layers(survey, names, entry.disk.origin))]
        } catch {
            sheet.messages = [.init(error.description, .warning)]
        }
    }

    private static func layers(
        _ survey: DiskSurvey,
        _ names: [StorageDomain.ID: String],
        _ origin: String
    ) -> Table {
        Table(
            "Layers of the chain, the newest first",
            [
                .init("Layer"), .init("Holds"), .init("Format"), .init("Storage"),
                .number("Data"), .number("Visible"), .number("On disk"), .path("File"),
            ],
            empty: "",
            rows: survey.layers.enumerated().map { index, layer in
                let volume = layer.volume
                return Table.Row(cells: [
                    Cell(survey.name(ofLayer: index)), Cell(content(of: layer, at: index)),
                    Cell(volume.format.label),
                    Cell(volume.domainID.flatMap { names[$0] } ?? origin),
                    Cell(size(layer.dataBytes)), Cell(size(layer.visibleBytes)),
                    Cell(size(layer.fileBytes)), .code(volume.path),
                ])
            }
        )
    }

    /// What a layer is kept for.
    private static func content(of layer: DiskSurvey.Layer, at index: Int) -> String {
        guard index > 0 else { return "the present state" }
        return layer.snapshots.isEmpty
            ? "–" : "snapshot " + layer.snapshots.joined(separator: ", ")
    }

    private static func removalPage(_ visit: Visit) throws -> (WebPage, FormModel) {
        let disk = try visit.ask(ShowDisk(id: visit.id("disk"))).disk
        let form = FormModel(
            confirming: "Remove \(disk.alias)",
            to: Paths.disk(disk.id, "/remove"),
            cancel: Paths.disk(disk.id),
            "Remove the disk \(disk.alias) with all its layers? Snapshots that have it lack it from "
                + "then on. This cannot be undone."
        )
        var page = WebPage("Remove disk", "form", in: .disks, form)
        page.trail = [Link("Disks", Paths.disks), Link(disk.alias, Paths.disk(disk.id))]
        return (page, form)
    }

    private static func remove(_ visit: Visit) throws -> Reply {
        let (page, form) = try removalPage(visit)
        return try visit.submit(page, form) {
            try visit.run(RemoveDisk(id: visit.id("disk")))
            return Notice.diskRemoved.on(Paths.disks)
        }
    }
}
