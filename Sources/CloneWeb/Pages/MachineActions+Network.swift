// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

extension MachineActions {
    static func cardPage(_ visit: Visit) throws -> WebPage {
        let vm = try visit.ask(ShowVM(id: visit.id("vm"))).vm
        return visit.page("Add network interface", of: vm, cardForm(vm, visit))
    }

    private static func cardForm(_ vm: VirtualMachine, _ visit: Visit) -> FormModel {
        FormModel(
            "Add network interface",
            to: Paths.vm(vm.id, "/network/new"),
            cancel: Paths.vm(vm.id, MachineView.network.path),
            fields: [
                Field("name", "Name", visit.form["name"] ?? "nic1", isRequired: true),
                Field(
                    "model",
                    "Model",
                    of: NetworkInterface.Model.allCases.map { ($0.rawValue, $0.rawValue) },
                    visit.form["model"] ?? "virtio"
                ),
                Field("network", "Network", visit.form["network"]),
            ]
        )
    }

    static func addCard(_ visit: Visit) throws -> Reply {
        let vm = try visit.ask(ShowVM(id: visit.id("vm"))).vm
        let places = ["NAME": "name", "INVALID_NAME": "name", "NETWORK_INTERFACE_NAME": "name"]
        return try visit.submit(cardPage(visit), cardForm(vm, visit), places) {
            var command = AddNIC(vmID: vm.id, name: visit.form["name"] ?? "")
            command.model = visit.form.choice("model") ?? .virtio
            command.network = visit.form["network"]
            try visit.run(command)
            return Notice.nicAdded.on(Paths.vm(vm.id, MachineView.network.path))
        }
    }
}
