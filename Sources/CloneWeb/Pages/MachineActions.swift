// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird
internal import Foundation

/// What can be done with VMs.
enum MachineActions {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.get("vms/new") { visit in .page(newPage(visit)) }
        routes.post("vms/new", create)
        routes.get("vms/name-check", checkName)
        routes.get("vms/:vm/remove") { visit in try .page(removalPage(visit)) }
        routes.post("vms/:vm/remove", remove)
        routes.get("vms/:vm/network/new") { visit in try .page(cardPage(visit)) }
        routes.post("vms/:vm/network/new", addCard)
        routes.postWaiting("vms/:vm/start") { visit in
            let id: VirtualMachine.ID = try visit.id("vm")
            try await visit.engine.start(vm: id, as: visit.session)
            return .redirect(Notice.vmStarted.on(Paths.vm(id)))
        }
        routes.postWaiting("vms/:vm/stop") { visit in
            let id: VirtualMachine.ID = try visit.id("vm")
            try await visit.engine.stop(vm: id, as: visit.session)
            return .redirect(Notice.vmStopped.on(Paths.vm(id)))
        }
        routes.get("vms/:vm/power-off") { visit in try .page(powerOffPage(visit)) }
        routes.postWaiting("vms/:vm/power-off") { visit in
            let id: VirtualMachine.ID = try visit.id("vm")
            try await visit.engine.stop(vm: id, isForced: true, as: visit.session)
            return .redirect(Notice.vmPoweredOff.on(Paths.vm(id)))
        }
    }

    /// What speaks against a name for a new VM, while it is typed.
    private static func checkName(_ visit: Visit) throws -> Reply {
        let name = visit.query.exactly("name")
        let reason = try visit.ask(CheckVMName(name: name)).first?.text ?? ""
        let json = try JSONEncoder().encode(["problem": reason])
        return .json(String(decoding: json, as: UTF8.self))
    }

    private static func newPage(_ visit: Visit) -> WebPage {
        var page = WebPage("Add VM", "form", in: .vms, newForm(visit))
        page.trail = [Link("Virtual machines", Paths.vms)]
        return page
    }

    private static func newForm(_ visit: Visit) -> FormModel {
        var name = Field("name", "Name", visit.form["name"], isRequired: true)
        name.check = "\(Paths.vms)/name-check"
        return FormModel(
            "Add VM",
            to: "\(Paths.vms)/new",
            cancel: Paths.vms,
            fields: [
                name,
                Field("description", "Description", visit.form["description"]),
                Field(
                    "memory",
                    "Memory in MiB",
                    visit.form["memory"] ?? "1024",
                    kind: .number,
                    isRequired: true
                ),
                Field(
                    "cpus",
                    "CPUs",
                    visit.form["cpus"] ?? "1",
                    kind: .number,
                    isRequired: true
                ),
                Field(
                    "firmware",
                    "Firmware",
                    of: [("bios", "BIOS"), ("uefi", "UEFI")],
                    visit.form["firmware"] ?? "bios"
                ),
            ]
        )
    }

    private static func create(_ visit: Visit) throws -> Reply {
        let page = newPage(visit)
        let places = [
            "NAME": "name", "INVALID_NAME": "name", "INVALID_DESCRIPTION": "description",
            "VM_CONFIGURATION": "memory",
        ]
        return try visit.submit(page, newForm(visit), places) {
            var details = VirtualMachine.Details()
            details.description = visit.form["description"] ?? ""
            details.memoryBytes = visit.form.bytes("memory", unitBytes: 1 << 20)
            details.processor.sockets = visit.form["cpus"].flatMap { Int($0) } ?? 0
            details.firmware = visit.form.choice("firmware") ?? .bios
            let vm = try visit.run(AddVM(name: visit.form["name"] ?? "", details: details))
            return Notice.vmAdded.on(Paths.vm(vm.id))
        }
    }

    private static func powerOffPage(_ visit: Visit) throws -> WebPage {
        let vm = try visit.ask(ShowVM(id: visit.id("vm"))).vm
        let question =
            "Power off \(vm.name)? Its guest ends as by a power cut: what it has not written to its "
            + "disks is lost. A guest that still answers had better be shut down."
        return page("Power off", vm, at: "/power-off", question, visit)
    }

    private static func removalPage(_ visit: Visit) throws -> WebPage {
        let answer = try visit.ask(ShowVM(id: visit.id("vm")))
        let count = answer.configuration.disks.count
        let disks = count == 1 ? "its disk" : "\(count) disks"
        let question =
            "Remove \(answer.vm.name) with its snapshots and \(disks)? Disks that another machine has "
            + "stay, and so do files that were adopted. This cannot be undone."
        return page("Remove", answer.vm, at: "/remove", question, visit)
    }

    /// A question before something of a VM is lost.
    private static func page(
        _ verb: String,
        _ vm: VirtualMachine,
        at place: String,
        _ question: String,
        _ visit: Visit
    ) -> WebPage {
        let submit = "\(verb) \(vm.name)"
        let (action, back) = (Paths.vm(vm.id, place), Paths.vm(vm.id))
        let form = FormModel(confirming: submit, to: action, cancel: back, question)
        return visit.page("\(verb) VM", of: vm, form)
    }

    private static func remove(_ visit: Visit) throws -> Reply {
        let page = try removalPage(visit)
        guard let form = page.model as? FormModel else { return .page(page) }
        return try visit.submit(page, form) {
            try visit.run(RemoveVM(id: visit.id("vm")))
            return Notice.vmRemoved.on(Paths.vms)
        }
    }
}

extension Visit {
    /// A form about a VM.
    func page(_ title: String, of vm: VirtualMachine, _ form: FormModel) -> WebPage {
        var page = WebPage(title, "form", in: .vms, form)
        page.trail = [Link("Virtual machines", Paths.vms), Link(vm.name, Paths.vm(vm.id))]
        return page
    }
}

extension Form {
    /// A number of bytes that was given in a larger unit; 0 for none.
    func bytes(_ name: String, unitBytes: UInt64) -> UInt64 {
        guard let number = self[name].flatMap({ UInt64($0) }) else { return 0 }
        let (bytes, isTooMuch) = number.multipliedReportingOverflow(by: unitBytes)
        return isTooMuch ? 0 : bytes
    }

    /// A value that was chosen from some; nil for any other.
    func choice<Value: RawRepresentable<String>>(_ name: String) -> Value? {
        self[name].flatMap { Value(rawValue: $0) }
    }
}
