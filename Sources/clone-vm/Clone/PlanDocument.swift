// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Terminal

/// What a clone would be.
struct PlanDocument: Document {
    /// A disk that would be copied.
    struct Copy: TableRow {
        let disk: String
        /// How many images the disk's chain has.
        let chainLength: Int
        /// The images, the top first.
        let chain: [String]
        let alias: String
        let domain: String
        /// `raw` or `cow`.
        let format: String
        /// `sparse` or `preallocated`.
        let allocation: String
        /// `virtio`, `virtio_scsi`, `sata` or `ide`.
        let interface: String
        let bootOrder: Int?
        /// As oVirt writes it.
        let address: String
        let capacityBytes: UInt64
        /// The space that the copy takes when it can share no blocks.
        let requiredBytes: UInt64
        fileprivate let place: String
    }

    /// A disk that both VMs would have.
    struct Shared: Encodable {
        let disk: String
        let isPlugged: Bool
    }

    /// A disk that the clone would lack.
    struct Missing: Encodable {
        let disk: String
        let reason: String
        /// True when it was wished so.
        let isWanted: Bool
    }

    /// What a storage domain would have to take.
    struct Domain: TableRow {
        let name: String
        let requiredBytes: UInt64
        /// Left out when the directory is not there.
        let freeBytes: UInt64?
    }

    let vm: String
    let snapshot: String
    let name: String
    let details: VMDetailsDocument
    let copies: [Copy]
    let sharedDisks: [Shared]
    let missingDisks: [Missing]
    /// In what else the clone would differ from its source.
    let remarks: [String]
    let domains: [Domain]
}

extension PlanDocument {
    init(_ plan: ClonePlan, _ domains: [ListStorageDomains.Entry]) {
        (vm, snapshot, name) = (plan.source.name, plan.snapshot.description, plan.name)
        details = VMDetailsDocument(plan.details)
        copies = plan.copies.map(Copy.init)
        sharedDisks = plan.sharedDisks.map { Shared($0) }
        missingDisks = plan.missingDisks.map { Missing($0) }
        remarks =
            (plan.configuration.wasRunning ? [PlanDocument.memory] : []) + plan.remarks
        self.domains = plan.domains.map { domain in
            let free = domains.first { $0.domain.id == domain.id }?.freeBytes
            return Domain(domain, plan.requiredBytes(in: domain), free)
        }
    }

    /// All of it for people.
    var page: String {
        let head = "VM \(name) from snapshot \(snapshot) of VM \(vm); nothing was made.\n"
        let parts = [
            head + details.page, section("Disks", copies), section("Space", domains),
            others.joined(separator: "\n"),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var others: [String] {
        sharedDisks.map { disk in
            "Not copied: \(disk.disk) is shared; the new VM has the same disk, "
                + (disk.isPlugged ? "plugged: both write to it." : "unplugged.")
        } + missingDisks.map { "Left out: \($0.disk) (\($0.reason))." }
            + remarks.map { "Not like its source: \($0)." }
    }

    private static let memory =
        "the memory of the running VM is not part of it, and its guest starts as after a power cut"
}

extension PlanDocument.Copy {
    fileprivate init(_ copy: ClonePlan.Copy) {
        (disk, alias, domain) = (copy.source.disk.alias, copy.alias, copy.domain.name)
        (chain, chainLength) = (copy.chain.map(\.path), copy.chain.count)
        (format, allocation) = (copy.shape.format.rawValue, copy.shape.allocation.rawValue)
        (interface, bootOrder) = (copy.attachment.interface.rawValue, copy.attachment.bootOrder)
        (address, place) = (copy.attachment.address.description, copy.attachment.address.short)
        (capacityBytes, requiredBytes) = (copy.chain[0].capacityBytes, copy.requiredBytes)
    }

    private enum CodingKeys: String, CodingKey {
        case disk, chainLength, chain, alias, domain, format, allocation, interface, bootOrder
        case address, capacityBytes, requiredBytes
    }

    static let columns: [Column<Self>] = [
        Column("DISK", \.disk), .number("LAYERS") { "\($0.chainLength)" },
        Column("DOMAIN", \.domain), Column("FORMAT") { "\($0.format) \($0.allocation)" },
        Column("ALIAS", \.alias), Column("INTERFACE", \.interface), Column("ADDRESS", \.place),
        .number("SIZE") { size($0.capacityBytes) }, .number("REQUIRED") { size($0.requiredBytes) },
    ]
}

extension PlanDocument.Shared {
    fileprivate init(_ shared: ClonePlan.SharedDisk) {
        (disk, isPlugged) = (shared.disk.alias, shared.attachment.isPlugged)
    }
}

extension PlanDocument.Missing {
    fileprivate init(_ missing: ClonePlan.MissingDisk) {
        (disk, reason, isWanted) = (missing.alias, missing.reason, missing.isWanted)
    }
}

extension PlanDocument.Domain {
    fileprivate init(_ domain: StorageDomain, _ requiredBytes: UInt64, _ freeBytes: UInt64?) {
        (name, self.requiredBytes, self.freeBytes) = (domain.name, requiredBytes, freeBytes)
    }

    static let columns: [Column<Self>] = [
        Column("DOMAIN", \.name), .number("REQUIRED") { size($0.requiredBytes) },
        .number("FREE") { $0.freeBytes.map(size) ?? "missing" },
    ]
}
