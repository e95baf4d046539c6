// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// The ways in which a VM gets a disk.
enum DiskForm: String, CaseIterable, Sendable {
    case new, adopt, attach

    private var title: String {
        switch self {
        case .new: "Add disk"
        case .adopt: "Adopt image"
        case .attach: "Attach disk"
        }
    }

    func page(_ visit: Visit) throws -> (WebPage, FormModel) {
        let vm = try visit.ask(ShowVM(id: visit.id("vm"))).vm
        var form = FormModel(
            title,
            to: Paths.vm(vm.id, "/disks/\(self)"),
            cancel: Paths.vm(vm.id, MachineView.disks.path),
            fields: try own(visit) + DiskForm.common(visit)
        )
        form.intro = intro
        return (visit.page(title, of: vm, form), form)
    }

    private var intro: String? {
        switch self {
        case .new: nil
        case .adopt:
            "Makes an image of the server, with all below it, a disk. The files stay where they are "
                + "and are never removed."
        case .attach: "A disk that no machine has, or that several may have at the same time."
        }
    }

    private func own(_ visit: Visit) throws -> [Field] {
        switch self {
        case .new: try DiskForm.new(visit)
        case .adopt: DiskForm.adopt(visit)
        case .attach: [DiskForm.attach(visit)]
        }
    }

    private static func new(_ visit: Visit) throws -> [Field] {
        let form = visit.form
        let domains = try visit.ask(ListStorageDomains()).filter { $0.domain.status == .active }
        return [
            Field("alias", "Alias", form["alias"], isRequired: true),
            Field(
                "size",
                "Virtual size in GiB",
                form["size"] ?? "10",
                kind: .number,
                isRequired: true
            ),
            Field(
                "domain",
                "Storage domain",
                of: domains.map { ($0.domain.id.rawValue, $0.label) },
                form["domain"]
            ),
            Field(
                "format",
                "Format",
                of: Volume.Format.allCases.map { ($0.rawValue, $0.label) },
                form["format"] ?? "cow"
            ),
            Field(
                "allocation",
                "Allocation policy",
                of: Volume.Allocation.allCases.map { ($0.rawValue, $0.label) },
                form["allocation"] ?? "sparse"
            ),
            Field(
                box: "shareable",
                "Shareable",
                isTicked: form.has("shareable"),
                hint: "Several machines may have it at the same time. It must be raw, and no "
                    + "snapshot keeps it."
            ),
        ]
    }

    private static func adopt(_ visit: Visit) -> [Field] {
        [
            Field("alias", "Alias", visit.form["alias"], isRequired: true),
            Field(
                "path",
                "Path on the server",
                visit.form["path"],
                hint: "The top of the chain, such as /srv/images/web.qcow2.",
                isRequired: true
            ),
            Field(
                "format",
                "Format",
                of: Volume.Format.allCases.map { ($0.rawValue, $0.label) },
                visit.form["format"] ?? "cow"
            ),
        ]
    }

    private static func attach(_ visit: Visit) -> Field {
        Field(
            "disk",
            "Disk",
            visit.form["disk"],
            hint: "Its alias or its id, as the list of disks has them.",
            isRequired: true
        )
    }

    private static func common(_ visit: Visit) -> [Field] {
        [
            Field(
                "interface",
                "Interface",
                of: DiskAttachment.Interface.allCases.map { ($0.rawValue, $0.label) },
                visit.form["interface"] ?? "virtio"
            ),
            Field(
                "boot",
                "Boot order",
                visit.form["boot"],
                kind: .number,
                hint: "1 is the first; empty for a disk that the machine does not start from."
            ),
            Field(
                box: "plugged",
                "Plugged",
                isTicked: visit.form.isEmpty || visit.form.has("plugged"),
                hint: "The guest sees it."
            ),
        ]
    }

    private static let places = [
        "NAME": "alias", "INVALID_NAME": "alias", "SHAREABLE_DISK": "shareable",
        "DISK_SPACE": "domain", "STORAGE_DOMAIN": "domain", "DISK_CONFIGURATION": "format",
        "VM_DISK_BOOT_ORDER": "boot", "EXCEEDED": "interface", "IMAGE_UNUSABLE": "path",
        "VOLUME_ALREADY": "path", "INVALID_SIZE": "size", "DISK_ALREADY": "disk",
        "DISK_NOT_FOUND": "disk", "AMBIGUOUS_NAME": "disk", "NOT_SHAREABLE_DISK": "disk",
    ]

    @Sendable
    func submit(_ visit: Visit) throws -> Reply {
        let (page, form) = try page(visit)
        return try visit.submit(page, form, DiskForm.places) {
            let vm: VirtualMachine.ID = try visit.id("vm")
            try run(visit, vm)
            return Notice.diskAdded.on(Paths.vm(vm, MachineView.disks.path))
        }
    }

    private func run(_ visit: Visit, _ vm: VirtualMachine.ID) throws {
        let form = visit.form
        var wish = AttachmentWish()
        wish.interface = form.choice("interface") ?? .virtio
        wish.bootOrder = form["boot"].flatMap { Int($0) }
        wish.isPlugged = form.has("plugged")
        let alias = form["alias"] ?? ""
        switch self {
        case .new:
            var command = AddDisk(
                vmID: vm,
                domainID: StorageDomain.ID(rawValue: form["domain"] ?? ""),
                alias: alias,
                capacityBytes: form.bytes("size", unitBytes: 1 << 30)
            )
            command.shape = VolumeShape(
                form.choice("format") ?? .cow,
                form.choice("allocation") ?? .sparse
            )
            (command.isShareable, command.wish) = (form.has("shareable"), wish)
            try visit.run(command)
        case .adopt:
            let path = form["path"] ?? ""
            var command = AdoptDisk(
                vmID: vm,
                path: path,
                format: form.choice("format"),
                alias: alias
            )
            command.wish = wish
            try visit.run(command)
        case .attach:
            let disk = try visit.ask(Find.disk(form["disk"] ?? ""))
            try visit.run(AttachDisk(diskID: disk, vmID: vm, wish: wish))
        }
    }
}

extension ListStorageDomains.Entry {
    /// The domain as it is offered: `fast (12 GiB free)`.
    var label: String {
        "\(domain.name) (\(freeBytes.map { "\(size($0)) free" } ?? "missing"))"
    }
}
