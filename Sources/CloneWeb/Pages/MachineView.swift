// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// The pages of a VM.
enum MachineView: String, CaseIterable, Sendable {
    case general = "General"
    case disks = "Disks"
    case snapshots = "Snapshots"
    case network = "Network"
    case events = "Events"

    /// Behind the VM's own path.
    var path: String { self == .general ? "" : "/\(self)" }

    func count(_ answer: ShowVM.Answer) -> Int? {
        switch self {
        case .general, .events: nil
        case .disks: answer.configuration.disks.count
        case .snapshots: answer.snapshots.count { $0.kind == .regular }
        case .network: answer.configuration.networkInterfaces.count
        }
    }

    func fill(_ sheet: inout Sheet, _ answer: ShowVM.Answer, _ visit: Visit) throws {
        switch self {
        case .general: sheet.facts = MachineView.facts(answer)
        case .disks: sheet.parts = [try MachineView.disks(answer, visit)]
        case .snapshots: sheet.parts = [try MachineView.snapshots(answer, visit)]
        case .network: sheet.parts = [try MachineView.network(answer, visit)]
        case .events: try MachineView.events(answer, visit, in: &sheet)
        }
    }

    private static func facts(_ answer: ShowVM.Answer) -> [Sheet.Facts] {
        let (vm, details) = (answer.vm, answer.vm.details)
        let bytes = answer.configuration.disks.reduce(0) { $0 + $1.disk.capacityBytes }
        return [
            .init(
                "System",
                [
                    .init("Memory", size(details.memoryBytes)),
                    .init("CPUs (sockets : cores : threads)", details.processor.label),
                    .init("Firmware", details.firmware == .bios ? "BIOS" : "UEFI"),
                    .init("Cluster", "Default"),
                ]
            ),
            .init(
                "Storage",
                [
                    .init("Disks", "\(answer.configuration.disks.count)"),
                    .init("Virtual size in all", size(bytes)),
                    .init("Snapshots", "\(answer.snapshots.count { $0.kind == .regular })"),
                ]
            ),
            .init(
                "Identity",
                [.init("Created", moment(vm.createdAt)), .init("Id", .code(vm.id.rawValue))]
            ),
        ]
    }

    private static func network(_ answer: ShowVM.Answer, _ visit: Visit) throws -> Sheet.Part {
        let id = answer.vm.id
        let isMine = try visit.ask(IsAllowed(.editVM, on: .vm(id)))
        let add = ActionLink("Add network interface", Paths.vm(id, "/network/new"))
        let table = Table(
            "Network interfaces",
            [
                .init("Name"), .init("MAC address"), .init("Model"), .init("Network"),
                .init("Guest's address"), .init("State"),
            ],
            empty: "The virtual machine has no network interface.",
            rows: answer.configuration.networkInterfaces.map { card in
                .init(cells: [
                    Cell(card.name), .code("\(card.macAddress)"), Cell(card.model.rawValue),
                    Cell(card.network ?? "–"), .code(card.address.short),
                    Cell(.plugged(card.isPlugged)),
                ])
            }
        )
        return Sheet.Part(nil, links: isMine ? [add] : [], table)
    }

    private static func events(
        _ answer: ShowVM.Answer,
        _ visit: Visit,
        in sheet: inout Sheet
    ) throws {
        var query = ListEvents(.init(maximum: Pager.size, page: Pager.page(in: visit.query)))
        (query.vmID, query.isLatest) = (answer.vm.id, true)
        let path = Paths.vm(answer.vm.id, MachineView.events.path)
        try visit.list(query, at: path, in: &sheet) { EventTable.table($0.reversed()) }
    }
}
