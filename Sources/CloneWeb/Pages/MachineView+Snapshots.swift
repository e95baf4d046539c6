// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

extension MachineView {
    static func snapshots(_ answer: ShowVM.Answer, _ visit: Visit) throws -> Sheet.Part {
        let id = answer.vm.id
        let mayClone = try visit.mayClone(id)
        let mayManage = try visit.ask(IsAllowed(.manageSnapshots, on: .vm(id)))
        // The newest first, below the present state that it led to.
        let table = Table(
            "Snapshots",
            [.init("Description"), .moment("Taken"), .init("Kind"), .actions],
            empty: "No snapshot was taken yet.",
            rows: answer.snapshots.reversed().map { snapshot in
                row(snapshot, of: id, mayClone, mayManage)
            }
        )
        return Sheet.Part(nil, table)
    }

    private static func row(
        _ snapshot: Snapshot,
        of vm: VirtualMachine.ID,
        _ mayClone: Bool,
        _ mayManage: Bool
    ) -> Table.Row {
        guard snapshot.kind == .regular else {
            let cells = [Cell(snapshot.description), Cell("Current"), Cell("Active"), Cell("")]
            return Table.Row(cells: cells, isFaint: true)
        }
        let name = snapshot.description
        var links: [ActionLink] = []
        if mayClone {
            let clone = Paths.snapshot(snapshot.id, of: vm, "/clone")
            links.append(ActionLink("Clone", label: "Clone a VM from snapshot \(name)", clone))
        }
        if mayManage {
            let delete = Paths.snapshot(snapshot.id, of: vm, "/delete")
            links.append(ActionLink("Delete", label: "Delete snapshot \(name)", delete))
        }
        return Table.Row(cells: [
            Cell(name, to: Paths.snapshot(snapshot.id, of: vm)),
            Cell(moment(snapshot.createdAt)), Cell("Regular"), Cell(links),
        ])
    }
}

extension Visit {
    /// Whether the visitor may make VMs, and from this one.
    func mayClone(_ vm: VirtualMachine.ID) throws -> Bool {
        try ask(IsAllowed(.createVM, on: .vm(vm))) && ask(IsAllowed(.createVM, on: .system))
    }
}
