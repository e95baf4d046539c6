// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What stands at the top of each page of a VM.
enum MachineHead {
    static func sheet(
        _ answer: ShowVM.Answer,
        _ view: MachineView,
        _ visit: Visit
    ) throws -> Sheet {
        let vm = answer.vm
        var sheet = Sheet()
        sheet.badge = Badge(vm.status)
        sheet.subtitle = vm.details.description.isEmpty ? nil : vm.details.description
        sheet.tabs = MachineView.allCases.map {
            Tab(
                $0.rawValue,
                Paths.vm(vm.id, $0.path),
                isCurrent: $0 == view,
                count: $0.count(answer)
            )
        }
        if try visit.ask(IsAllowed(.manageSnapshots, on: .vm(vm.id))) {
            let take = Paths.vm(vm.id, "/snapshots/new")
            sheet.links.append(ActionLink("Take snapshot", take, .primary))
        }
        if try visit.ask(IsAllowed(.runVM, on: .vm(vm.id))) { addPower(vm, to: &sheet) }
        if try visit.ask(IsAllowed(.deleteVM, on: .vm(vm.id))) {
            sheet.links.append(ActionLink("Remove", Paths.vm(vm.id, "/remove"), .danger))
        }
        if vm.status == .imageLocked { sheet.messages.append(try locked(vm, visit)) }
        return sheet
    }

    private static func addPower(_ vm: VirtualMachine, to sheet: inout Sheet) {
        switch vm.status {
        case .down: sheet.buttons = [ActionButton("Start", Paths.vm(vm.id, "/start"))]
        case .up:
            sheet.buttons = [ActionButton("Shut down", Paths.vm(vm.id, "/stop"))]
            sheet.links.insert(ActionLink("Power off", Paths.vm(vm.id, "/power-off")), at: 0)
        case .imageLocked: break
        }
    }

    private static func locked(
        _ vm: VirtualMachine,
        _ visit: Visit
    ) throws -> Sheet.Message {
        let jobs = try visit.ask(ListJobs(limit: 50))
        let job = jobs.first { $0.job.status == .started && $0.job.work.vmID == vm.id }
        let words = job.map { "\($0.job.description): \($0.percent) %." }
        return .init(words ?? "Its disks are being made.", .busy)
    }
}

extension JobWork {
    /// The VM that it makes or changes.
    var vmID: VirtualMachine.ID {
        switch self {
        case .clone(let work): work.vmID
        case .deleteSnapshot(let work): work.vmID
        }
    }
}
