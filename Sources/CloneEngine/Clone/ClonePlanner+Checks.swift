// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import GRDB

extension ClonePlanner {
    /// Gives devices whose interface has changed an address of their own; all others keep theirs.
    func settleAddresses(_ plan: inout ClonePlan) {
        var taken =
            plan.configuration.networkInterfaces.map(\.address)
            + plan.sharedDisks.map(\.attachment.address)
            + plan.copies.filter(\.keepsAddress).map(\.attachment.address)
        for index in plan.copies.indices where !plan.copies[index].keepsAddress {
            let interface = plan.copies[index].attachment.interface
            guard let address = DeviceAddress.free(for: interface, besides: taken) else { continue }
            plan.copies[index].attachment.address = address
            taken.append(address)
        }
    }

    mutating func checkBootOrder(_ plan: ClonePlan) {
        let orders =
            plan.copies.compactMap(\.attachment.bootOrder)
            + plan.sharedDisks.compactMap(\.attachment.bootOrder)
        guard Set(orders).count < orders.count else { return }
        refuse("VM_DISK_BOOT_ORDER_IN_USE", .badRequest, "Two disks have the same boot order.")
    }

    /// Whether the domains that are read from and written to can be, and have the space.
    mutating func checkDomains(_ plan: ClonePlan) throws {
        let sources = try Set(plan.copies.flatMap(\.chain).compactMap(\.domainID))
            .compactMap(context.domain)
        let all = Set(sources + plan.domains).sorted { $0.name < $1.name }
        for domain in all where domain.status != .active {
            let refusal = Refusal.domainNotActive(ClonePlanner.action, domain)
            refusals.append(refusal.about(.domain(domain.id)))
        }
        for domain in plan.domains {
            refusals += try context.permission(.createDisk, on: .domain(domain.id))
                .map { $0.about(.domain(domain.id)) }
            if wish.checksSpace { try checkSpace(plan, domain) }
        }
    }

    private mutating func checkSpace(_ plan: ClonePlan, _ domain: StorageDomain) throws {
        guard let free = try? Directory.freeBytes(in: domain.path) else {
            let reason = "Storage Domain \(domain.name) is not there: \(domain.path)."
            return refuse(
                "STORAGE_DOMAIN_NOT_EXIST",
                .conflict,
                reason,
                about: .domain(domain.id)
            )
        }
        let promised = try context.promisedBytes(in: domain.id)
        let (needed, isTooMuch) = plan.requiredBytes(in: domain)
            .addingReportingOverflow(promised)
        guard isTooMuch || needed > free else { return }
        let refusal = Refusal.lowSpace(ClonePlanner.action, domain, needed, free)
        refusals.append(refusal.about(.domain(domain.id)))
    }

    mutating func checkMACAddresses(_ configuration: VMConfiguration) throws {
        guard wish.keepsMACAddresses else { return }
        for card in configuration.networkInterfaces where try context.isInUse(card.macAddress) {
            refuse(
                "NETWORK_MAC_ADDRESS_IN_USE",
                .conflict,
                "MAC Address \(card.macAddress) of \(card.name) is in use."
            )
        }
    }
}

extension ClonePlan.Copy {
    /// True when the guest finds the disk where it was.
    fileprivate var keepsAddress: Bool { attachment.interface == source.attachment.interface }
}

extension CommandContext {
    /// The bytes that running jobs have still to write in a domain.
    func promisedBytes(in domain: StorageDomain.ID) throws -> UInt64 {
        let jobs = try Job.filter(Column("status") == Job.Status.started).fetchAll(database)
        return try jobs.reduce(0) { sum, job in
            let mine = Set(job.work.copies.filter { $0.target.domainID == domain }.map(\.stepID))
            let steps = try JobStep.filter(Column("jobID") == job.id).fetchAll(database)
            return steps.filter { mine.contains($0.id) }.reduce(sum) {
                $0 + ($1.totalBytes - min($1.totalBytes, $1.copiedBytes))
            }
        }
    }
}
