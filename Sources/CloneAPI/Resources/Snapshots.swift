// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes

extension RouteTable {
    /// Snapshots of a VM, and what they have kept.
    static let snapshots: [Route] = [
        .get("vms/{vm}/snapshots", "Lists a VM's snapshots: `max`, `follow`, `all_content`.") {
            call in
            let vm: VirtualMachine.ID = call.id("vm")
            let page = try call.ask(ListSnapshots(vmID: vm, call.listing()))
            let locked = try call.ask(ListLockedSnapshots(vmID: vm))
            let items = try page.map { snapshot in
                try snapshot.element(isLocked: locked.contains(snapshot.id), kept(snapshot, call))
            }
            return .list("snapshots", of: "snapshot", items)
        },
        Route(
            .post,
            "vms/{vm}/snapshots",
            "Keeps the present state of a VM.",
            body: "snapshot",
            .slow(addSnapshot)
        ),
        .get("vms/{vm}/snapshots/{snapshot}", "Shows a snapshot: `all_content`.") { call in
            let snapshot = try snapshot(call)
            let locked = try call.ask(ListLockedSnapshots(vmID: snapshot.vmID))
            return try snapshot.element(
                isLocked: locked.contains(snapshot.id),
                configuration(of: snapshot, call, withDocument: wantsAll(call))
            )
        },
        Route(
            .delete,
            "vms/{vm}/snapshots/{snapshot}",
            "Removes a snapshot; what it has is merged.",
            .slow { call in
                _ = try call.engine.start(DeleteSnapshot(id: snapshot(call).id), as: call.session)
                return Answer(Element("action", [Element("status", "pending")]))
            }
        ),
        .get("vms/{vm}/snapshots/{snapshot}/disks", "Lists the disks that a snapshot has.") {
            call in
            .list("disks", of: "disk", try disks(of: snapshot(call), call))
        },
        .get("vms/{vm}/snapshots/{snapshot}/disks/{disk}", "Shows a disk as a snapshot has it.") {
            call in
            let id = call.parameters["disk"] ?? ""
            guard let disk = try disks(of: snapshot(call), call).first(where: { $0.id == id })
            else {
                throw Fault.notFound("Disk", id)
            }
            return disk
        },
        .get("vms/{vm}/snapshots/{snapshot}/nics", "Lists the network cards that a snapshot has.") {
            call in
            let configuration = try keptConfiguration(snapshot(call), call)
            let items = configuration.networkInterfaces.map { $0.element(of: call.id("vm")) }
            return .list("nics", of: "nic", items)
        },
        .get("vms/{vm}/snapshots/{snapshot}/cdroms", "Lists nothing: a VM here has none.") { call in
            _ = try snapshot(call)
            return .list("cdroms", of: "cdrom", [])
        },
    ]

    private static func addSnapshot(_ call: Call) throws -> Answer {
        let document = try call.document("snapshot")
        guard let description = document.text("description") else {
            throw Fault.incomplete("Snapshot", "description", for: "add")
        }
        let command = CreateSnapshot(vmID: call.id("vm"), description: description)
        return .created(try call.run(command).element(isLocked: false, []))
    }

    /// The snapshot in the address, when it is one of the VM there.
    static func snapshot(_ call: Call) throws -> Snapshot {
        let id: Snapshot.ID = call.id("snapshot")
        let all = try call.ask(ListSnapshots(vmID: call.id("vm")))
        guard let found = all.first(where: { $0.id == id }) else {
            throw Fault.notFound("Snapshot", id.rawValue)
        }
        return found
    }

    private static func wantsAll(_ call: Call) throws -> Bool {
        try call.flag("all_content") ?? (call.headers[.allContent] == "true")
    }

    /// In lists the configuration is there when all is wanted.
    private static func kept(_ snapshot: Snapshot, _ call: Call) throws -> [Element?] {
        try wantsAll(call) ? configuration(of: snapshot, call, withDocument: true) : []
    }

    private static func keptConfiguration(_ snapshot: Snapshot, _ call: Call) throws
        -> VMConfiguration
    {
        try call.ask(GetVmConfigurationBySnapshot(snapshotID: snapshot.id))
    }

    /// The VM as it was, with the document that was kept of it.
    private static func configuration(
        of snapshot: Snapshot,
        _ call: Call,
        withDocument: Bool
    ) throws -> [Element?] {
        guard snapshot.kind == .regular, let kept = try? keptConfiguration(snapshot, call) else {
            return []
        }
        let document = withDocument ? try kept.ovf() : nil
        return [
            Element("memory", kept.details.memoryBytes),
            Element("name", kept.name),
            document.map {
                Element(
                    "initialization",
                    [Element("configuration", [Element("data", $0), Element("type", "ovf")])]
                )
            },
        ]
    }

    private static func disks(of snapshot: Snapshot, _ call: Call) throws -> [Element] {
        guard let kept = try? keptConfiguration(snapshot, call) else { return [] }
        let base = "\(Address.vm(snapshot.vmID))/snapshots/\(snapshot.id)"
        return kept.disks.map { disk in
            let entry = try? call.ask(ShowDisk(id: disk.disk.id))
            return KeptDisk(disk, entry, snapshot).element(below: base)
        }
    }
}

extension Snapshot {
    /// The snapshot as oVirt shows it.
    func element(isLocked: Bool, _ configuration: [Element?]) -> Element {
        let vm = Address.vm(vmID)
        let href = "\(vm)/snapshots/\(id)"
        return Element(
            "snapshot",
            href: href,
            id: id.rawValue,
            [Element("description", description)]
                + Element.links(["cdroms", "disks", "nics"], below: href)
                + configuration
                + [
                    Element("date", createdAt), Element("persist_memorystate", false),
                    Element("snapshot_status", isLocked ? "locked" : "ok"),
                    Element("snapshot_type", kind.rawValue),
                    Element("vm", href: vm, id: vmID.rawValue),
                ]
        )
    }
}
