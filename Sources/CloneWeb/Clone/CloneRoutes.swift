// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes
internal import Hummingbird

/// The dialog that makes a VM from a snapshot.
enum CloneRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.get("vms/:vm/snapshots/:snapshot/clone", open)
        routes.post("vms/:vm/snapshots/:snapshot/clone", submit)
    }

    /// The dialog as the snapshot fills it in.
    private static func open(_ visit: Visit) throws -> Reply {
        let (snapshot, answer) = try SnapshotRoutes.find(visit)
        let dialog = try CloneDialog(CloneWish(new: snapshot), visit)
        return .page(page(dialog, snapshot, answer.vm))
    }

    /// Starts the clone, or shows what it would be with what speaks against it.
    private static func submit(_ visit: Visit) throws -> Reply {
        let (snapshot, answer) = try SnapshotRoutes.find(visit)
        let wish = CloneWish(snapshot, visit.form)
        guard visit.form["action"] == "clone" else {
            let dialog = try CloneDialog(wish, visit)
            return .page(page(dialog, snapshot, answer.vm))
        }
        do {
            let running = try visit.engine.start(wish.command, as: visit.session)
            return .redirect(Paths.job(running.job.id))
        } catch {
            let dialog = try CloneDialog(wish, visit, refusals: error.refusals)
            return .page(page(dialog, snapshot, answer.vm, status: error.kind.status.code))
        }
    }

    private static func page(
        _ dialog: CloneDialog,
        _ snapshot: Snapshot,
        _ vm: VirtualMachine,
        status: Int = 200
    ) -> WebPage {
        var page = WebPage("Clone VM from snapshot", "clone", in: .vms, dialog)
        page.trail = [
            Link("Virtual machines", Paths.vms), Link(vm.name, Paths.vm(vm.id)),
            Link("Snapshots", Paths.vm(vm.id, MachineView.snapshots.path)),
            Link(snapshot.description, Paths.snapshot(snapshot.id, of: vm.id)),
        ]
        page.status = status
        return page
    }
}
