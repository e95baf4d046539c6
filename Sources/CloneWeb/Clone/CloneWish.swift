// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What the dialog's form asks for.
struct CloneWish: Sendable {
    let snapshot: Snapshot
    let form: Form
    /// True before anything was filled in.
    let isNew: Bool
    /// Where disks go that have lain in no domain, until something else is chosen.
    private var domains: [Disk.ID: StorageDomain.ID] = [:]

    init(new snapshot: Snapshot) { (self.snapshot, form, isNew) = (snapshot, Form(), true) }

    init(_ snapshot: Snapshot, _ form: Form) {
        (self.snapshot, self.form, isNew) = (snapshot, form, false)
    }

    /// The name of a disk's field.
    static func field(_ disk: Disk.ID, _ name: String) -> String { "disk.\(disk).\(name)" }

    subscript(disk: Disk.ID, name: String) -> String? { form[CloneWish.field(disk, name)] }

    func includes(_ disk: Disk.ID) -> Bool {
        isNew || form.has(CloneWish.field(disk, "include"))
    }

    /// Whether a disk that the form has a row of is not wanted.
    func omits(_ disk: Disk.ID) -> Bool {
        form.has(CloneWish.field(disk, "row")) && !includes(disk)
    }

    /// The command, but for the disks.
    private var frame: CloneVMFromSnapshot {
        var command = CloneVMFromSnapshot(snapshotID: snapshot.id, name: form["name"] ?? "")
        command.description = isNew ? nil : form["description"] ?? ""
        command.sharedDisks = form.choice("shared") ?? .attachUnplugged
        command.keepsMACAddresses = form.has("keep-mac")
        command.bytesPerSecond = form["rate"] == nil ? nil : form.bytes("rate", unitBytes: 1 << 20)
        if command.bytesPerSecond == 0 { command.bytesPerSecond = nil }
        return command
    }

    /// The command with what is wished for each disk that the form speaks of.
    var command: CloneVMFromSnapshot {
        var command = frame
        for disk in form.disks { command.disks[disk] = choice(for: disk) }
        for (disk, domain) in domains { command.disks[disk, default: .init()].domainID = domain }
        return command
    }

    /// Has disks go to the roomiest domain where the engine does not know one.
    ///
    /// - Returns: true when there are such disks.
    mutating func chooseDomains(
        _ entries: [ListStorageDomains.Entry],
        _ refusals: [Refusal]
    ) -> Bool {
        let active = entries.filter { $0.domain.status == .active }
        let roomiest = active.max { $0.freeBytes ?? 0 < $1.freeBytes ?? 0 }
        let before = domains
        for refusal in refusals where refusal.key == "MISSED_STORAGES_FOR_SOME_DISKS" {
            guard let subject = refusal.subject, subject.kind == .disk else { continue }
            domains[Disk.ID(rawValue: subject.id)] = roomiest?.domain.id
        }
        return domains != before
    }

    private func choice(for disk: Disk.ID) -> CloneVMFromSnapshot.DiskChoice {
        var choice = CloneVMFromSnapshot.DiskChoice()
        choice.isIncluded = includes(disk)
        choice.alias = self[disk, "alias"]
        choice.domainID = self[disk, "domain"].map(StorageDomain.ID.init(rawValue:))
        choice.format = form.choice(CloneWish.field(disk, "format"))
        choice.allocation = form.choice(CloneWish.field(disk, "allocation"))
        choice.interface = form.choice(CloneWish.field(disk, "interface"))
        choice.bootOrder = self[disk, "boot"].flatMap { Int($0) }
        // A field that was emptied says so; one that a program leaves out says nothing.
        choice.isWithoutBootOrder =
            form.has(CloneWish.field(disk, "boot")) && choice.bootOrder == nil
        return choice
    }
}

extension Form {
    /// The disks that a dialog's form has a row of.
    fileprivate var disks: [Disk.ID] {
        names.compactMap { name in
            let parts = name.split(separator: ".")
            guard parts.count == 3, parts[0] == "disk", parts[2] == "row" else { return nil }
            return Disk.ID(rawValue: String(parts[1]))
        }
    }
}
