// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// A disk's row in the dialog.
struct CloneRow: Sendable {
    let id: String
    let source: String
    /// What the guest sees, and of how many layers it is made.
    let size: String
    /// What is copied of it; nil for nothing.
    let bytes: String?
    let isIncluded: Bool
    let alias: Field
    let aliasExample: String
    let format: Field
    let allocation: Field
    let domain: Field
    /// The domain's free space before and after.
    let space: String?
    let interface: Field
    let boot: Field
    let errors: [String]
    let domainErrors: [String]

    /// The rows of all disks that are copied, or would be if they were wanted.
    static func rows(
        _ wish: CloneWish,
        _ plan: ClonePlan,
        _ domains: [ListStorageDomains.Entry],
        _ reasons: inout CloneReasons
    ) -> [CloneRow] {
        var rows: [CloneRow] = []
        for disk in plan.configuration.disks {
            let id = disk.disk.id
            let copy = plan.copies.first { $0.source.disk.id == id }
            guard copy != nil || wish.omits(id) || reasons.speak(of: id),
                !disk.disk.isShared
            else { continue }
            rows.append(CloneRow(disk, copy, wish, plan, domains, &reasons))
        }
        return rows
    }

    private init(
        _ configured: ConfiguredDisk,
        _ copy: ClonePlan.Copy?,
        _ wish: CloneWish,
        _ plan: ClonePlan,
        _ domains: [ListStorageDomains.Entry],
        _ reasons: inout CloneReasons
    ) {
        let disk = configured.disk
        let fields = CloneRowFields(configured, copy, wish, wrong: reasons.fields(of: disk.id))
        (id, source) = (disk.id.rawValue, disk.alias)
        let layers = copy.map { $0.chain.count == 1 ? ", 1 layer" : ", \($0.chain.count) layers" }
        size = CloneWeb.size(disk.capacityBytes) + (layers ?? "")
        bytes = copy.map { CloneWeb.size($0.requiredBytes) }
        isIncluded = wish.includes(disk.id)
        aliasExample =
            plan.source.hypervisor == nil
            ? "\(disk.alias)_\(wish.form["name"] ?? "NAME")" : disk.alias
        alias = fields.alias
        (format, allocation) = (fields.format, fields.allocation)
        (interface, boot) = (fields.interface, fields.boot)
        domain = fields.domain(domains)
        space = copy.flatMap { CloneRow.space($0, plan, domains) }
        domainErrors = reasons.about(domainOf: disk.id)
        errors = reasons.take(about: disk.id)
    }

    private static func space(
        _ copy: ClonePlan.Copy,
        _ plan: ClonePlan,
        _ domains: [ListStorageDomains.Entry]
    ) -> String? {
        let entry = domains.first { $0.domain.id == copy.domain.id }
        return entry?.freeBytes.map { free in
            let needed = plan.requiredBytes(in: copy.domain)
            return needed > free
                ? "\(CloneWeb.size(free)) free, too little"
                : "\(CloneWeb.size(free)) free, \(CloneWeb.size(free - needed)) after"
        }
    }
}
