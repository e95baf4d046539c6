// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// The dialog as it is shown: the form, what the clone would be, and what speaks against it.
struct CloneDialog: Sendable {
    let action: String
    let cancel: String
    let nameField: Field
    let descriptionField: Field
    let cluster = Field("cluster", "Cluster", of: [("Default", "Default")], "Default")
    let rate: Field
    let keepMAC: Field
    let rows: [CloneRow]
    let shared: Field
    let sharedDisks: [NotCopied]
    let missingDisks: [NotCopied]
    /// In what else the clone would differ from its source.
    let remarks: [String]
    let memoryWarning: String?
    let plan: PlanSummary
    /// What is wrong as a whole.
    let errors: [String]

    /// A disk that will not be copied, and why.
    struct NotCopied: Sendable {
        let alias: String
        let reason: String
    }

    /// Looks at what a wish would come to.
    ///
    /// - Parameters:
    ///   - wish: what the form asks for.
    ///   - visit: who asks.
    ///   - refusals: what was said against it when it was started; nil to find out.
    /// - Throws: `EngineError` when there is nothing to clone at all.
    init(_ wish: CloneWish, _ visit: Visit, refusals: [Refusal]? = nil) throws {
        let domains = try visit.ask(ListStorageDomains()).entries
        var (wish, preview) = (wish, try visit.engine.preview(wish.command, as: visit.session))
        if wish.isNew, wish.chooseDomains(domains, preview.refusals) {
            preview = try visit.engine.preview(wish.command, as: visit.session)
        }
        guard let plan = preview.plan else { throw EngineError(preview.refusals) }
        var reasons = CloneReasons(refusals ?? preview.refusals, plan)
        if refusals == nil, wish.form["name"] == nil { reasons.forgetName() }
        let vm = plan.source.id
        action = Paths.snapshot(wish.snapshot.id, of: vm, "/clone")
        cancel = Paths.vm(vm, MachineView.snapshots.path)
        let rows = CloneRow.rows(wish, plan, domains, &reasons)
        self.rows = rows
        (nameField, descriptionField) = CloneDialog.identity(wish, plan, &reasons)
        (rate, keepMAC) = CloneDialog.extras(wish, &reasons)
        shared = CloneDialog.policy(wish, &reasons)
        sharedDisks = plan.sharedDisks.map { .init($0) }
        // A row whose box is not ticked says it already.
        let unwanted = Set(rows.filter { !$0.isIncluded }.map(\.source))
        missingDisks = plan.missingDisks.filter { !$0.isWanted || !unwanted.contains($0.alias) }
            .map { NotCopied(alias: $0.alias, reason: $0.reason) }
        remarks = plan.remarks.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        memoryWarning = plan.configuration.wasRunning ? MemoryWarning.text : nil
        self.plan = PlanSummary(
            plan,
            domains,
            rate: try visit.ask(CopyRate()),
            limit: wish.command.bytesPerSecond
        )
        errors = reasons.rest
    }

    private static func identity(
        _ wish: CloneWish,
        _ plan: ClonePlan,
        _ reasons: inout CloneReasons
    ) -> (Field, Field) {
        var name = Field("name", "Name", wish.form["name"], isRequired: true)
        name.check = "\(Paths.vms)/name-check"
        name.errors = reasons.take { $0.isAboutName }
        name.isFirst = name.isWrong
        let text = wish.isNew ? plan.configuration.details.description : wish.form["description"]
        var description = Field("description", "Description", text)
        description.errors = reasons.take { $0.key == "INVALID_DESCRIPTION" }
        return (name, description)
    }

    private static func extras(
        _ wish: CloneWish,
        _ reasons: inout CloneReasons
    ) -> (Field, Field) {
        let rate = Field(
            "rate",
            "Limit in MiB/s for each disk",
            wish.form["rate"],
            kind: .number,
            hint: "Empty for as fast as it goes."
        )
        var keepMAC = Field(
            box: "keep-mac",
            "Keep MAC addresses",
            isTicked: wish.form.has("keep-mac"),
            hint: "Only when no other machine has them any more; otherwise the clone gets new ones."
        )
        keepMAC.errors = reasons.take { $0.key.hasPrefix("NETWORK_MAC") }
        return (rate, keepMAC)
    }

    private static func policy(_ wish: CloneWish, _ reasons: inout CloneReasons) -> Field {
        var field = Field(
            "shared",
            "Disks that others write to",
            of: CloneVMFromSnapshot.SharedDisks.allCases.map { ($0.rawValue, $0.label) },
            wish.form["shared"] ?? CloneVMFromSnapshot.SharedDisks.attachUnplugged.rawValue
        )
        field.errors = reasons.take { $0.key == "SHAREABLE_DISK_NOT_SUPPORTED" }
        return field
    }
}

extension CloneDialog.NotCopied {
    fileprivate init(_ shared: ClonePlan.SharedDisk) {
        alias = shared.disk.alias
        let kind = shared.disk.kind == .lun ? "a direct LUN" : "shareable"
        reason =
            "it is \(kind), so the clone gets the same disk, "
            + (shared.attachment.isPlugged ? "plugged: both write to it" : "unplugged")
    }
}

extension CloneVMFromSnapshot.SharedDisks {
    fileprivate var label: String {
        switch self {
        case .attachUnplugged: "Attach the same disk, unplugged"
        case .attachPlugged: "Attach the same disk, plugged (risk of corruption)"
        case .omit: "Leave them out"
        case .refuse: "Refuse to clone"
        }
    }
}
