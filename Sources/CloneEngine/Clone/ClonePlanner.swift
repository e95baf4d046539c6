// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import GRDB

/// Decides what a clone is going to be, and what speaks against it.
struct ClonePlanner {
    static let action = "add VM"

    let wish: CloneVMFromSnapshot
    let context: CommandContext
    /// What is known of the chains of the snapshot's disks; those that are not here are new.
    let findings: [Disk.ID: DiskFinding]
    var refusals: [Refusal] = []
    private var lockedDisks: [String] = []

    init(
        _ wish: CloneVMFromSnapshot,
        _ context: CommandContext,
        _ findings: [Disk.ID: DiskFinding]
    ) {
        (self.wish, self.context, self.findings) = (wish, context, findings)
    }

    /// The plan; nil when there is no snapshot that could be cloned, and the refusals say why.
    mutating func plan() throws -> ClonePlan? {
        guard let snapshot = try context.snapshot(wish.snapshotID),
            let source = try context.vm(snapshot.vmID),
            try context.permission(.readVM, on: .vm(source.id)).isEmpty
        else {
            refuse("VM_SNAPSHOT_DOES_NOT_EXIST", .badRequest, "VM's Snapshot does not exist.")
            return nil
        }
        refusals += try context.permission(.createVM, on: .vm(source.id), .system)
        refusals += context.connectionRefusals(source, for: ClonePlanner.action)
        try checkLock(of: snapshot)
        guard snapshot.kind == .regular else {
            refuse(
                "VM_SNAPSHOT_TYPE_NOT_REGULAR",
                .conflict,
                "The operation is only allowed for regular snapshots."
            )
            return nil
        }
        guard let configuration = try? context.configuration(at: snapshot) else {
            refuse(
                "VM_SNAPSHOT_HAS_NO_CONFIGURATION",
                .badRequest,
                "The snapshot \(snapshot.description) of VM \(source.name) has no configuration "
                    + "available. Please choose a snapshot with configuration available."
            )
            return nil
        }
        return try plan(snapshot, source, configuration)
    }

    private mutating func plan(
        _ snapshot: Snapshot,
        _ source: VirtualMachine,
        _ configuration: VMConfiguration
    ) throws -> ClonePlan {
        var details = configuration.details
        details.description = wish.description ?? details.description
        details.memoryBytes = wish.memoryBytes ?? details.memoryBytes
        details.processor = wish.processor ?? details.processor
        var plan = ClonePlan(
            snapshot: snapshot,
            source: source,
            configuration: configuration,
            name: wish.name,
            details: details
        )
        if source.status == .imageLocked { refusals.append(.vmLocked(ClonePlanner.action)) }
        refusals += try context.nameRefusals(wish.name, for: ClonePlanner.action)
        refusals += NameRules.refusals(description: details.description, for: ClonePlanner.action)
        refusals += details.refusals(for: ClonePlanner.action)
        checkChoices(configuration)
        for disk in configuration.disks { try add(disk, to: &plan) }
        if !lockedDisks.isEmpty {
            let aliases = lockedDisks.sorted().joined(separator: ", ")
            let reason =
                ": The following disks are locked: \(aliases). Please try again in a few minutes."
            refuse("DISKS_LOCKED", .conflict, reason)
        }
        settleAddresses(&plan)
        checkBootOrder(plan)
        try checkDomains(plan)
        try checkMACAddresses(configuration)
        return plan
    }

    private mutating func checkLock(of snapshot: Snapshot) throws {
        guard try context.conflict(with: [.snapshot(snapshot.id)], .shared) != nil else { return }
        refuse(
            "VM_IS_DURING_SNAPSHOT",
            .conflict,
            "The VM is performing an operation on a Snapshot. Please wait for the operation to "
                + "finish, and try again."
        )
    }

    private mutating func checkChoices(_ configuration: VMConfiguration) {
        let known = Set(configuration.disks.map(\.disk.id))
        for id in wish.disks.keys.filter({ !known.contains($0) }).map(\.rawValue).sorted() {
            refuse("DISK_NOT_EXIST", .badRequest, "The snapshot has no disk \(id).")
        }
    }

    private mutating func add(_ source: ConfiguredDisk, to plan: inout ClonePlan) throws {
        let alias = source.disk.alias
        guard wish.disks[source.disk.id]?.isIncluded ?? true else {
            plan.leaveOut(alias, "it was not wanted", isWanted: true)
            return
        }
        guard let disk = try context.disk(source.disk.id) else {
            plan.leaveOut(alias, "it has been deleted since")
            return
        }
        guard disk.isShared || source.disk.isShared else { return try copy(source, in: &plan) }
        share(disk, source, in: &plan)
    }

    private mutating func share(
        _ disk: Disk,
        _ source: ConfiguredDisk,
        in plan: inout ClonePlan
    ) {
        var attachment = source.attachment
        switch wish.sharedDisks {
        case .attachUnplugged: attachment.isPlugged = false
        case .attachPlugged: break
        case .omit:
            plan.leaveOut(
                disk.alias,
                "it is shared, and shared disks were not wanted",
                isWanted: true
            )
            return
        case .refuse:
            refuse(
                "SHAREABLE_DISK_NOT_SUPPORTED",
                .conflict,
                "Disk \(disk.alias) is shared, and a copy of it would be no state it ever had.",
                about: .disk(disk.id)
            )
            return
        }
        plan.sharedDisks.append(.init(disk: disk, attachment: attachment))
    }

    private mutating func copy(_ source: ConfiguredDisk, in plan: inout ClonePlan) throws {
        let alias = source.disk.alias
        let isForeign = plan.source.hypervisor != nil
        if isForeign, let reason = try context.damage(to: source, in: plan.snapshot) {
            plan.leaveOut(alias, reason)
            return
        }
        let chain = try source.disk.activeVolumeID.map(context.chain) ?? []
        guard let top = chain.first else {
            plan.leaveOut(alias, "its volume is missing")
            return
        }
        guard let bottom = chain.last, bottom.parentID == nil else {
            plan.leaveOut(alias, "a volume below it is missing")
            return
        }
        guard !chain.contains(where: { $0.status == .illegal }) else {
            plan.leaveOut(alias, "a volume of it is illegal")
            return
        }
        let objects = chain.map { ObjectReference.volume($0.id) }
        if try context.conflict(with: objects, .shared) != nil {
            lockedDisks.append(alias)
            return
        }
        switch findings[source.disk.id] {
        case .missing(let reason):
            plan.leaveOut(alias, reason)
            return
        case .unusable(let reason):
            let sentence = "Disk \(alias) cannot be read: \(reason)."
            refuse("IMAGE_UNUSABLE", .conflict, sentence, about: .disk(source.disk.id))
        default: break
        }
        guard let domain = try targetDomain(of: source, top) else { return }
        addCopy(source, chain, bottom, domain, &plan)
    }

    private mutating func addCopy(
        _ source: ConfiguredDisk,
        _ chain: [Volume],
        _ bottom: Volume,
        _ domain: StorageDomain,
        _ plan: inout ClonePlan
    ) {
        let choice = wish.disks[source.disk.id] ?? .init()
        // What a disk was made as, its lowest volume tells; those above it are all qcow2.
        var shape = VolumeShape(bottom.format, bottom.allocation)
        if let format = choice.format {
            if format == .cow { shape.allocation = .sparse }
            shape.format = format
        }
        shape.allocation = choice.allocation ?? shape.allocation
        let subject = ObjectReference.disk(source.disk.id)
        if let refusal = shape.refusal(for: ClonePlanner.action) {
            refusals.append(refusal.about(subject))
        }
        var attachment = source.attachment
        attachment.interface = choice.interface ?? attachment.interface
        let order = choice.isWithoutBootOrder ? nil : attachment.bootOrder
        attachment.bootOrder = choice.bootOrder ?? order
        var required: UInt64 = 0
        if case .requires(let bytes)? = findings[source.disk.id] { required = bytes }
        if let alias = choice.alias {
            refusals += NameRules.refusals(alias, for: ClonePlanner.action)
                .map { $0.about(subject) }
        }
        let isForeign = plan.source.hypervisor != nil
        let alias = choice.alias ?? source.disk.alias + (isForeign ? "" : "_\(wish.name)")
        plan.copies.append(
            .init(
                source: source,
                chain: chain,
                alias: alias,
                domain: domain,
                shape: shape,
                requiredBytes: required,
                attachment: attachment
            )
        )
    }

    mutating func refuse(
        _ key: String,
        _ kind: Refusal.Kind,
        _ reason: String,
        about subject: ObjectReference? = nil
    ) {
        let refusal = Refusal.cannot(ClonePlanner.action, key, kind, reason)
        refusals.append(subject.map(refusal.about) ?? refusal)
    }
}

extension ClonePlan {
    fileprivate mutating func leaveOut(_ alias: String, _ reason: String, isWanted: Bool = false) {
        missingDisks.append(.init(alias: alias, reason: reason, isWanted: isWanted))
    }
}
