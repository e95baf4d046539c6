// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// Disks as VMs have them.
    static let diskAttachments: [Route] = [
        .get("vms/{vm}/diskattachments", "Lists a VM's disks: `follow=disk`.") { call in
            let items = try attachments(call).map(\.element)
            return .list("disk_attachments", of: "disk_attachment", items)
        },
        Route(
            .post,
            "vms/{vm}/diskattachments",
            "Attaches a disk, or makes one.",
            body: "disk_attachment",
            .slow(addAttachment)
        ),
        .get("vms/{vm}/diskattachments/{disk}", "Shows how a VM has a disk.") { call in
            try attachment(call).element
        },
        Route(
            .put,
            "vms/{vm}/diskattachments/{disk}",
            "Plugs or unplugs a disk.",
            body: "disk_attachment",
            .slow { call in
                let document = try call.document("disk_attachment")
                guard let isPlugged = try document.flag("active") else {
                    throw Fault.incomplete("DiskAttachment", "active", for: "update")
                }
                try plug(call, isPlugged)
                return Answer(try attachment(call).element)
            }
        ),
        Route(
            .delete,
            "vms/{vm}/diskattachments/{disk}",
            "Detaches a disk; `detach_only=false` removes it.",
            .slow { call in
                if try call.flag("detach_only") ?? true {
                    try call.run(DetachDisk(diskID: call.id("disk"), vmID: call.id("vm")))
                } else {
                    _ = try attachment(call)
                    try call.run(RemoveDisk(id: call.id("disk")))
                }
                return .complete
            }
        ),
        plugRoute("activate", "Plugs a disk.", true),
        plugRoute("deactivate", "Unplugs a disk.", false),
    ]

    private static func plugRoute(_ action: String, _ summary: String, _ isPlugged: Bool) -> Route {
        let path = "vms/{vm}/diskattachments/{disk}/\(action)"
        return Route(
            .post,
            path,
            summary,
            body: "action",
            .slow { call in
                try plug(call, isPlugged)
                return .complete
            }
        )
    }

    private static func plug(_ call: Call, _ isPlugged: Bool) throws {
        let (disk, vm): (Disk.ID, VirtualMachine.ID) = (call.id("disk"), call.id("vm"))
        try call.run(PlugDisk(diskID: disk, vmID: vm, isPlugged: isPlugged))
    }

    private static func attachments(_ call: Call) throws -> [DiskAttachment] {
        try call.ask(ShowVM(id: call.id("vm"))).configuration.disks.map(\.attachment)
    }

    private static func attachment(_ call: Call) throws -> DiskAttachment {
        let id: Disk.ID = call.id("disk")
        guard let found = try attachments(call).first(where: { $0.diskID == id }) else {
            throw Fault.notFound("DiskAttachment", id.rawValue)
        }
        return found
    }

    private static func addAttachment(_ call: Call) throws -> Answer {
        let document = try call.document("disk_attachment")
        guard let disk = document["disk"] else {
            throw Fault.incomplete("DiskAttachment", "disk", for: "add")
        }
        var wish = AttachmentWish()
        wish.interface = try document.choice("interface") ?? .virtio
        wish.bootOrder = try document.flag("bootable") == true ? 1 : nil
        wish.isReadOnly = try document.flag("read_only") ?? false
        // oVirt attaches without plugging unless it is told otherwise.
        wish.isPlugged = try document.flag("active") ?? false
        var call = call
        if let id = disk.id {
            call.parameters["disk"] = id
            try call.run(AttachDisk(diskID: call.id("disk"), vmID: call.id("vm"), wish: wish))
        } else {
            let vm = try call.ask(GetVM(call.id("vm")))
            let made = try DiskDocument(disk, call).make(for: vm, wish)
            call.parameters["disk"] = made.id.rawValue
        }
        return .created(try attachment(call).element)
    }
}

/// The storage domain that a document names, by its id or its name.
struct DomainReference {
    let id: StorageDomain.ID

    init(_ document: Element, _ call: Call) throws {
        if let text = document.id {
            id = StorageDomain.ID(rawValue: text.lowercased())
        } else if let name = document.text("name") {
            id = try call.ask(Find.domain(name))
        } else {
            throw Fault.incomplete("StorageDomain", "id|name", for: "add")
        }
    }
}

extension DiskAttachment {
    /// The attachment as oVirt shows it.
    var element: Element {
        Element(
            "disk_attachment",
            href: "\(Address.vm(vmID))/diskattachments/\(diskID)",
            id: diskID.rawValue,
            [
                .actions(
                    ["activate", "deactivate"],
                    of: "\(Address.vm(vmID))/diskattachments/\(diskID)"
                ),
                Element("active", isPlugged), Element("bootable", bootOrder != nil),
                Element("interface", interface.rawValue), Element("pass_discard", false),
                Element("read_only", isReadOnly), Element("uses_scsi_reservation", false),
                Element("disk", href: Address.disk(diskID), id: diskID.rawValue),
                Element("vm", href: Address.vm(vmID), id: vmID.rawValue),
            ]
        )
    }
}
