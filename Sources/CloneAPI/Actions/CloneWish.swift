// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

/// Understands what a VM's document says of a clone.
struct CloneWish {
    private(set) var wish: CloneVMFromSnapshot
    private let call: Call
    private let configuration: VMConfiguration

    /// Reads all of it; the snapshot must be one that the caller may see.
    ///
    /// - Throws: `Fault` or `EngineError`, with what makes no sense.
    init(_ document: Element, _ call: Call) throws {
        self.call = call
        guard let id = document.items("snapshots", "snapshot").first?.id else {
            throw Fault.incomplete("Vm", "snapshots.snapshot.id", for: "add")
        }
        let snapshotID = Snapshot.ID(rawValue: id.lowercased())
        wish = CloneVMFromSnapshot(snapshotID: snapshotID, name: document.text("name") ?? "")
        configuration = try CloneWish.configuration(for: wish, call)
        wish.description = document.text("description")
        wish.memoryBytes = try document.number("memory")
        wish.processor = try document.processor
        try readQuery()
        for attachment in document.items("disk_attachments", "disk_attachment") {
            try read(attachment)
        }
    }

    private static func configuration(
        for wish: CloneVMFromSnapshot,
        _ call: Call
    ) throws -> VMConfiguration {
        do {
            return try call.ask(GetVmConfigurationBySnapshot(snapshotID: wish.snapshotID))
        } catch {
            guard error.kind == .notFound else {
                // Of a configuration that cannot be read, the plan says it in oVirt's words.
                _ = try call.engine.plan(wish, as: call.session)
                throw error
            }
            // oVirt asks for the configuration first, and does not say of what.
            throw Fault(.notFound, "Operation Failed", "Entity not found: ")
        }
    }

    /// What oVirt has no word for stands in the query.
    private mutating func readQuery() throws {
        let fields = Element("query", call.query.fields.map { Element($0.key, $0.value) })
        wish.sharedDisks = try fields.choice("shared_disks") ?? wish.sharedDisks
        wish.keepsMACAddresses = try fields.flag("keep_mac_addresses") ?? false
        wish.bytesPerSecond = try fields.number("bytes_per_second")
        wish.checksSpace = try fields.flag("check_space") ?? true
    }

    private mutating func read(_ attachment: Element) throws {
        guard let document = attachment["disk"] else {
            throw Fault.incomplete("DiskAttachment", "disk", for: "add")
        }
        let (disk, isNamed) = try disk(document)
        var choice = wish.disks[disk] ?? .init()
        choice.interface = try attachment.choice("interface") ?? choice.interface
        if let isBootable = try attachment.flag("bootable") {
            choice.bootOrder = isBootable ? 1 : nil
            choice.isWithoutBootOrder = !isBootable
        }
        choice.format = try document.choice("format")
        choice.allocation = try document.flag("sparse").map { $0 ? .sparse : .preallocated }
        if !isNamed { choice.alias = document.text("alias") ?? document.text("name") }
        if let domain = document.items("storage_domains", "storage_domain").first {
            choice.domainID = try DomainReference(domain, call).id
        }
        if let isIncluded = try attachment.flag("included") { choice.isIncluded = isIncluded }
        wish.disks[disk] = choice
    }

    /// The disk of the snapshot that a document means, and whether it is by its name.
    ///
    /// By `image_id`, which clients give the id of the image or that of the disk; by `disk id`; or, when
    /// neither is there, by the name that it has.
    private func disk(_ document: Element) throws -> (Disk.ID, isNamed: Bool) {
        if let id = (document.text("image_id") ?? document.id)?.lowercased() {
            let found = configuration.disks.map(\.disk).first {
                $0.id.rawValue == id || $0.activeVolumeID?.rawValue == id
            }
            // The engine tells of ids that the snapshot has not.
            return (found?.id ?? Disk.ID(rawValue: id), false)
        }
        guard let name = document.text("alias") ?? document.text("name") else {
            throw Fault.incomplete("Disk", "image_id|id|name", for: "add")
        }
        let named = configuration.disks.map(\.disk).filter { $0.alias == name }
        guard let disk = named.first, named.count == 1 else {
            throw Fault.badValue("disk.name", name, "the name of one disk of the snapshot")
        }
        return (disk.id, true)
    }
}
