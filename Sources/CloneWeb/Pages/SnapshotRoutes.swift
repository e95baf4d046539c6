// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// Snapshots: taken, looked at, deleted.
enum SnapshotRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.get("vms/:vm/snapshots/new") { visit in
            let (page, _) = try newPage(visit)
            return .page(page)
        }
        routes.post("vms/:vm/snapshots/new", take)
        routes.get("vms/:vm/snapshots/:snapshot", show)
        routes.get("vms/:vm/snapshots/:snapshot/delete") { visit in
            let (page, _) = try deletionPage(visit)
            return .page(page)
        }
        routes.post("vms/:vm/snapshots/:snapshot/delete", delete)
    }

    private static func newPage(_ visit: Visit) throws -> (WebPage, FormModel) {
        let answer = try visit.ask(ShowVM(id: visit.id("vm")))
        let shared = answer.configuration.disks.filter(\.disk.isShared).map(\.disk.alias)
        var form = FormModel(
            "Take snapshot",
            to: Paths.vm(answer.vm.id, "/snapshots/new"),
            cancel: Paths.vm(answer.vm.id, MachineView.snapshots.path),
            fields: [
                Field(
                    "description",
                    "Description",
                    visit.form["description"],
                    hint: "What the state is good for, such as: before the upgrade.",
                    isRequired: true
                )
            ]
        )
        form.intro =
            "Keeps the configuration and the content of the disks as they are now. "
            + (shared.isEmpty
                ? ""
                : "Not kept, since others write to them: \(shared.joined(separator: ", ")).")
        return (visit.page("Take snapshot", of: answer.vm, form), form)
    }

    private static func take(_ visit: Visit) throws -> Reply {
        let (page, form) = try newPage(visit)
        let places = ["EMPTY_DESCRIPTION": "description", "INVALID_DESCRIPTION": "description"]
        return try visit.submit(page, form, places) {
            let id: VirtualMachine.ID = try visit.id("vm")
            try visit.run(
                CreateSnapshot(vmID: id, description: visit.form["description"] ?? "")
            )
            return Notice.snapshotTaken.on(Paths.vm(id, MachineView.snapshots.path))
        }
    }

    private static func deletionPage(_ visit: Visit) throws -> (WebPage, FormModel) {
        let (snapshot, answer) = try find(visit)
        let vm = answer.vm
        let form = FormModel(
            confirming: "Delete snapshot",
            to: Paths.snapshot(snapshot.id, of: vm.id, "/delete"),
            cancel: Paths.vm(vm.id, MachineView.snapshots.path),
            "Delete the snapshot '\(snapshot.description)'? What its layers have is merged into "
                + "those above them; the state itself is lost. This cannot be undone."
        )
        return (visit.page("Delete snapshot", of: vm, form), form)
    }

    private static func delete(_ visit: Visit) throws -> Reply {
        let (page, form) = try deletionPage(visit)
        return try visit.submit(page, form) {
            let command = DeleteSnapshot(id: try visit.id("snapshot"))
            let job = try visit.engine.start(command, as: visit.session)
            return Paths.job(job.job.id)
        }
    }

    /// A VM's snapshot with the VM; one of another VM is none.
    static func find(_ visit: Visit) throws -> (Snapshot, ShowVM.Answer) {
        let answer = try visit.ask(ShowVM(id: visit.id("vm")))
        let id: Snapshot.ID = try visit.id("snapshot")
        guard let snapshot = answer.snapshots.first(where: { $0.id == id }) else {
            throw HTTPError(.notFound)
        }
        return (snapshot, answer)
    }

    private static func show(_ visit: Visit) throws -> Reply {
        let (snapshot, answer) = try find(visit)
        let then = try visit.ask(GetVmConfigurationBySnapshot(snapshotID: snapshot.id))
        var sheet = Sheet()
        sheet.subtitle = "Taken \(moment(snapshot.createdAt))"
        if snapshot.kind == .regular, try visit.mayClone(answer.vm.id) {
            let clone = Paths.snapshot(snapshot.id, of: answer.vm.id, "/clone")
            sheet.links = [ActionLink("Clone VM from snapshot", clone, .primary)]
        }
        if then.wasRunning { sheet.messages = [.init(MemoryWarning.text, .warning)] }
        let comparison = ConfigurationComparison(then: then, now: answer.configuration)
        sheet.parts = comparison.parts
        var page = WebPage("Snapshot \(snapshot.description)", "sheet", in: .vms, sheet)
        page.trail = [
            Link("Virtual machines", Paths.vms), Link(answer.vm.name, Paths.vm(answer.vm.id)),
            Link("Snapshots", Paths.vm(answer.vm.id, MachineView.snapshots.path)),
        ]
        return .page(page)
    }
}

/// What is said of the memory of a snapshot that was taken while the VM ran.
enum MemoryWarning {
    static let text =
        "The snapshot was taken while the VM was running. Its memory is not preserved: a clone's "
        + "guest starts as after a power cut, and its file systems may have to be repaired."
}
