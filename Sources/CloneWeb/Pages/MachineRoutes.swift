// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// The list of VMs, and what each page of a VM shows.
enum MachineRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.live("vms", list)
        for view in MachineView.allCases {
            routes.live("vms/:vm\(view.path)") { visit in
                try .page(page(of: visit.ask(ShowVM(id: visit.id("vm"))), view, visit))
            }
        }
    }

    private static func list(_ visit: Visit) throws -> Reply {
        var sheet = Sheet()
        sheet.search = searchBox(visit)
        if try visit.ask(IsAllowed(.createVM, on: .system)) {
            sheet.links = [ActionLink("Add VM", "\(Paths.vms)/new", .primary)]
        }
        try visit.list(ListVMs(visit.listing), at: Paths.vms, in: &sheet) { vms in
            Table(
                "Virtual machines",
                [
                    .init("Name"), .init("Status"), .number("Memory"), .number("CPUs"),
                    .moment("Created"),
                ],
                empty: "No virtual machine is found.",
                rows: vms.map(row)
            )
        }
        return .page(WebPage("Virtual machines", "sheet", in: .vms, sheet))
    }

    private static func row(_ vm: VirtualMachine) -> Table.Row {
        let description = vm.details.description.isEmpty ? nil : vm.details.description
        return Table.Row(cells: [
            Cell(vm.name, to: Paths.vm(vm.id), note: description), Cell(Badge(vm.status)),
            Cell(size(vm.details.memoryBytes)), Cell("\(vm.details.processor.count)"),
            Cell(moment(vm.createdAt)),
        ])
    }

    private static func searchBox(_ visit: Visit) -> SearchBox {
        let search = visit.query["search"] ?? ""
        let states =
            [("All", "")]
            + VirtualMachine.Status.allCases.map {
                (Badge($0).word, "status=\($0.rawValue)")
            }
        return SearchBox(
            action: Paths.vms,
            value: search,
            label: "Search virtual machines",
            example: "name=web* and status=down",
            chips: Tab.searches(states, of: Paths.vms, search)
        )
    }

    private static func page(
        of answer: ShowVM.Answer,
        _ view: MachineView,
        _ visit: Visit
    ) throws -> WebPage {
        var sheet = try MachineHead.sheet(answer, view, visit)
        try view.fill(&sheet, answer, visit)
        var page = WebPage(answer.vm.name, "sheet", in: .vms, sheet)
        page.trail = [Link("Virtual machines", Paths.vms)]
        return page
    }
}

extension Visit {
    /// Fills a sheet with a page of a listing, or with the reason why its search is not understood.
    func list<Q: Query, Entry>(
        _ query: Q,
        at path: String,
        in sheet: inout Sheet,
        _ table: ([Entry]) -> Table
    ) throws where Q.Answer == CloneEngine.Page<Entry> {
        do {
            let found = try ask(query)
            sheet.parts = [.init(nil, table(found.entries))]
            guard found.totalCount > 0 else { return }
            sheet.pager = Pager(self.query, of: found.count, total: found.totalCount, at: path)
        } catch let error as EngineError where error.kind == .badRequest {
            sheet.search?.error = error.description
        }
    }
}
