// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes

extension RouteTable {
    /// VMs, without what belongs to them.
    static let vms: [Route] = [
        .get("vms", "Lists VMs: `search`, `max`, `case_sensitive`, `follow`.") { call in
            .list("vms", of: "vm", try call.ask(ListVMs(call.listing())).map(\.element))
        },
        Route(
            .post,
            "vms",
            "Makes a VM; from a snapshot where one is named.",
            body: "vm",
            .waiting(addVM)
        ),
        .get("vms/{vm}", "Shows a VM.") { call in try call.ask(GetVM(call.id("vm"))).element },
        Route(
            .put,
            "vms/{vm}",
            "Changes a VM's name, description, memory or processors.",
            body: "vm",
            .slow(updateVM)
        ),
        Route(
            .delete,
            "vms/{vm}",
            "Removes a VM, with its disks unless `detach_only`.",
            .slow(removeVM)
        ),
        Route(
            .post,
            "vms/{vm}/start",
            "Starts a VM.",
            body: "action",
            .waiting { call in
                try await call.engine.start(vm: call.id("vm"), as: call.session)
                return .complete
            }
        ),
        Route(
            .post,
            "vms/{vm}/stop",
            "Stops a VM at once.",
            body: "action",
            .waiting { call in
                try await call.engine.stop(vm: call.id("vm"), isForced: true, as: call.session)
                return .complete
            }
        ),
        Route(
            .post,
            "vms/{vm}/shutdown",
            "Asks a VM's guest to stop.",
            body: "action",
            .waiting { call in
                try await call.engine.stop(vm: call.id("vm"), as: call.session)
                return .complete
            }
        ),
        Route(
            .post,
            "vms/{vm}/clone",
            "Makes a VM like another, of its present state.",
            body: "action",
            .waiting(cloneVM)
        ),
        .get("vms/{vm}/creation_status/{job}", "Shows how far the making of a VM is.") { call in
            let entry = try call.ask(ShowJob(id: call.id("job")))
            return Element(
                "creation",
                href: "\(Address.vm(call.parameters["vm"] ?? ""))/creation_status/\(entry.job.id)",
                id: entry.job.id.rawValue,
                [Element("status", entry.job.status.asCreation)]
            )
        },
    ]

    private static func updateVM(_ call: Call) throws -> Answer {
        let document = try call.document("vm")
        var command = UpdateVM(id: call.id("vm"))
        command.name = document.text("name")
        command.description = document["description"].map { $0.text ?? "" }
        command.memoryBytes = try document.number("memory")
        command.processor = try document.processor
        return Answer(try call.run(command).element)
    }

    private static func removeVM(_ call: Call) throws -> Answer {
        let id: VirtualMachine.ID = call.id("vm")
        if try call.flag("detach_only") == true {
            for disk in try call.ask(ShowVM(id: id)).configuration.disks {
                try call.run(DetachDisk(diskID: disk.disk.id, vmID: id))
            }
        }
        try call.run(RemoveVM(id: id))
        return .complete
    }
}

extension Job.Status {
    /// How oVirt calls the stages of what is made.
    fileprivate var asCreation: String {
        switch self {
        case .started: "in_progress"
        case .finished: "complete"
        case .failed, .aborted: "failed"
        }
    }
}

extension Element {
    /// The processors that a VM's document asks for; nil when it says nothing of them.
    var processor: VirtualMachine.Processor? {
        get throws(Fault) {
            guard let topology = self["cpu"]?["topology"] else { return nil }
            var processor = VirtualMachine.Processor()
            processor.sockets = try topology.number("sockets") ?? 1
            processor.coresPerSocket = try topology.number("cores") ?? 1
            processor.threadsPerCore = try topology.number("threads") ?? 1
            return processor
        }
    }
}

extension VirtualMachine {
    var href: String { Address.vm(id) }

    /// The VM as oVirt shows it.
    var element: Element {
        Element("vm", href: href, id: id.rawValue, general + links + hardware + state)
    }

    private static let collections = [
        "affinitylabels", "applications", "cdroms", "diskattachments", "graphicsconsoles",
        "hostdevices", "katelloerrata", "nics", "numanodes", "permissions", "reporteddevices",
        "sessions", "snapshots", "statistics", "tags", "watchdogs",
    ]

    private var general: [Element?] {
        [
            .actions(["clone", "shutdown", "start", "stop"], of: href),
            Element("name", name), Element("description", details.description),
            Element("comment", ""),
        ]
    }

    private var links: [Element?] { Element.links(VirtualMachine.collections, below: href) }

    private var hardware: [Element?] {
        let processor = details.processor
        return [
            Element(
                "bios",
                [Element("type", details.firmware == .uefi ? "q35_ovmf" : "i440fx_sea_bios")]
            ),
            Element(
                "cpu",
                [
                    Element("architecture", "x86_64"),
                    Element(
                        "topology",
                        [
                            Element("cores", processor.coresPerSocket),
                            Element("sockets", processor.sockets),
                            Element("threads", processor.threadsPerCore),
                        ]
                    ),
                ]
            ),
            Element("memory", details.memoryBytes),
            Element(
                "memory_policy",
                [Element("guaranteed", details.memoryBytes), Element("max", details.memoryBytes)]
            ),
            Element(
                "os",
                [
                    Element(
                        "boot",
                        [.list("devices", of: "device", [Element("device", "hd")])]
                    ),
                    Element("type", "other"),
                ]
            ),
        ]
    }

    private var state: [Element?] {
        [
            Element("creation_time", createdAt), Element("delete_protected", false),
            Element("high_availability", [Element("enabled", false), Element("priority", 0)]),
            Element("origin", "ovirt"),
            Element("placement_policy", [Element("affinity", "migratable")]),
            Element("start_paused", false), Element("stateless", false),
            Element("status", status.rawValue), Element("type", "server"),
            Element("cluster", href: Constants.cluster, id: Constants.clusterID),
            status == .up ? Element("host", href: Constants.host, id: Constants.hostID) : nil,
            Element(
                "original_template",
                href: Constants.blankTemplate,
                id: Constants.blankTemplateID
            ),
            Element("template", href: Constants.blankTemplate, id: Constants.blankTemplateID),
        ]
    }
}
