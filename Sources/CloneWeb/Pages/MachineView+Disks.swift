// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

extension MachineView {
    static func disks(_ answer: ShowVM.Answer, _ visit: Visit) throws -> Sheet.Part {
        let id = answer.vm.id
        let isMine = try visit.ask(IsAllowed(.configureVMStorage, on: .vm(id)))
        let names = try visit.ask(StorageDomainNames())
        let table = Table(
            "Disks",
            [
                .init("Alias"), .number("Virtual size"), .init("Format"), .init("Storage"),
                .number("Layers"), .init("Interface"), .number("Boot"), .init("Guest's address"),
                .init("State"), .actions,
            ],
            empty: "The virtual machine has no disk.",
            rows: try answer.configuration.disks.map { disk in
                try row(disk, isMine ? id : nil, names, visit)
            }
        )
        return Sheet.Part(nil, links: isMine ? try links(answer.vm, visit) : [], table)
    }

    private static func links(_ vm: VirtualMachine, _ visit: Visit) throws -> [ActionLink] {
        // Who defines the VM gives it its disks.
        guard vm.hypervisor == nil else { return [] }
        let id = vm.id
        var links = [
            ActionLink("Add disk", Paths.vm(id, "/disks/new")),
            ActionLink("Attach disk", Paths.vm(id, "/disks/attach")),
        ]
        // Who names a file of the server's could read any of them.
        if try visit.ask(IsAllowed(.manageStorage, on: .system)) {
            links.append(ActionLink("Adopt image", Paths.vm(id, "/disks/adopt")))
        }
        return links
    }

    private static func row(
        _ configured: ConfiguredDisk,
        _ vm: VirtualMachine.ID?,
        _ names: [StorageDomain.ID: String],
        _ visit: Visit
    ) throws -> Table.Row {
        let (disk, attachment) = (configured.disk, configured.attachment)
        let chain = try visit.ask(ShowDisk(id: disk.id)).volumes
        let domain = chain.last?.domainID.flatMap { names[$0] }
        let place = domain ?? (chain.isEmpty ? "–" : disk.origin)
        return Table.Row(cells: [
            Cell(disk.alias, to: Paths.disk(disk.id), note: disk.kindNote),
            Cell(size(disk.capacityBytes)), Cell(configured.shapeLabel), Cell(place),
            Cell(chain.isEmpty ? "–" : "\(chain.count)"), Cell(attachment.interface.label),
            Cell(attachment.bootOrder.map(String.init) ?? "–"), .code(attachment.address.short),
            Cell(.plugged(attachment.isPlugged)),
            Cell(vm.map { [plugButton(attachment, disk, $0)] } ?? []),
        ])
    }

    private static func plugButton(
        _ attachment: DiskAttachment,
        _ disk: Disk,
        _ vm: VirtualMachine.ID
    ) -> ActionButton {
        let word = attachment.isPlugged ? "Unplug" : "Plug"
        return ActionButton(
            word,
            Paths.vm(vm, "/disks/\(disk.id)/\(word.lowercased())"),
            label: "\(word) \(disk.alias)"
        )
    }
}

extension Disk {
    /// Whose its files are that lie in none of the engine's storage domains.
    var origin: String { hypervisor == nil ? "adopted" : "libvirt" }

    /// What is unusual about it; nil for nothing.
    var kindNote: String? {
        switch (kind, isShareable) {
        case (.lun, _): "direct LUN"
        case (_, true): "shareable"
        default: nil
        }
    }
}

extension ConfiguredDisk {
    var shapeLabel: String {
        volume.map { "\($0.format.label), \($0.allocation.label)" } ?? "–"
    }
}
