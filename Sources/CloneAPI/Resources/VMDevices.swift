// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// What belongs to a VM and is no disk.
    static let vmDevices: [Route] =
        [
            .get("vms/{vm}/nics", "Lists a VM's network cards.") { call in
                .list("nics", of: "nic", try cards(call).map { $0.element(of: call.id("vm")) })
            },
            Route(
                .post,
                "vms/{vm}/nics",
                "Gives a VM one more network card.",
                body: "nic",
                .slow(addNIC)
            ),
            .get("vms/{vm}/nics/{nic}", "Shows a network card.") { call in
                let id: NetworkInterface.ID = call.id("nic")
                guard let card = try cards(call).first(where: { $0.id == id }) else {
                    throw Fault.notFound("Nic", id.rawValue)
                }
                return card.element(of: call.id("vm"))
            },
            Route(
                .delete,
                "vms/{vm}/nics/{nic}",
                "Takes a network card from a VM.",
                .slow { call in
                    try call.run(RemoveNIC(id: call.id("nic"), vmID: call.id("vm")))
                    return .complete
                }
            ),
            .get("vms/{vm}/tags", "Lists a VM's tags: there are none.") { call in
                _ = try call.ask(GetVM(call.id("vm")))
                return .list("tags", of: "tag", [])
            },
        ]
        + emptyCollections.map { path, name, kind in
            .get("vms/{vm}/\(path)", "Lists nothing: a VM here has none.") { call in
                _ = try call.ask(GetVM(call.id("vm")))
                return .list(name, of: kind, [])
            }
        }

    /// Collections that clients ask for, whatever they find.
    private static let emptyCollections = [
        ("affinitylabels", "affinity_labels", "affinity_label"),
        ("applications", "applications", "application"),
        ("cdroms", "cdroms", "cdrom"),
        ("graphicsconsoles", "graphics_consoles", "graphics_console"),
        ("hostdevices", "host_devices", "host_device"),
        ("katelloerrata", "katello_errata", "katello_erratum"),
        ("numanodes", "vm_numa_nodes", "vm_numa_node"),
        ("reporteddevices", "reported_devices", "reported_device"),
        ("sessions", "sessions", "session"),
        ("statistics", "statistics", "statistic"),
        ("watchdogs", "watchdogs", "watchdog"),
    ]

    private static func cards(_ call: Call) throws -> [NetworkInterface] {
        try call.ask(ShowVM(id: call.id("vm"))).configuration.networkInterfaces
    }

    private static func addNIC(_ call: Call) throws -> Answer {
        let document = try call.document("nic")
        guard let name = document.text("name") else {
            throw Fault.incomplete("Nic", "name", for: "add")
        }
        var command = AddNIC(vmID: call.id("vm"), name: name)
        command.model = try document.choice("interface") ?? .virtio
        command.network = try network(document, call)
        if let text = document["mac"]?.text("address") {
            guard let address = MACAddress(text) else {
                throw Fault.badValue("mac.address", text, "six bytes with colons between them")
            }
            command.macAddress = address
        }
        return .created(try call.run(command).element(of: command.vmID))
    }

    /// The name of the network that a card is to be plugged into, by its name, id or profile.
    private static func network(_ document: Element, _ call: Call) throws -> String? {
        if let name = document["network"]?.text("name") { return name }
        guard let id = document["network"]?.id ?? document["vnic_profile"]?.id else { return nil }
        let names = try networkNames(call)
        let kinds = ["network", "vnic_profile"]
        guard
            let name = names.first(where: { name in
                kinds.contains { Constants.id(of: $0, named: name) == id }
            })
        else { throw Fault.notFound("VnicProfile", id) }
        return name
    }
}

extension NetworkInterface {
    /// The card as oVirt shows it.
    func element(of vm: VirtualMachine.ID) -> Element {
        let href = "\(Address.vm(vm))/nics/\(id)"
        let profile = network.map { Constants.id(of: "vnic_profile", named: $0) }
        return Element(
            "nic",
            href: href,
            id: id.rawValue,
            [
                Element("name", name), Element("interface", model.rawValue),
                Element("linked", true),
                Element("mac", [Element("address", macAddress.description)]),
                Element("plugged", isPlugged),
                Element("vm", href: Address.vm(vm), id: vm.rawValue),
                profile.map {
                    Element("vnic_profile", href: "\(Address.base)/vnicprofiles/\($0)", id: $0)
                },
            ]
        )
    }
}
