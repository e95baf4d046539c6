// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import GRDB

extension ClonePlanner {
    /// Where a copy goes: where the caller wants it, beside its source, or the only place there is.
    mutating func targetDomain(
        of source: ConfiguredDisk,
        _ top: Volume
    ) throws -> StorageDomain? {
        if let id = wish.disks[source.disk.id]?.domainID ?? wish.domainID ?? top.domainID {
            guard let domain = try context.domain(id) else {
                refuse(
                    "STORAGE_DOMAIN_NOT_EXIST",
                    .badRequest,
                    "Storage Domain doesn't exist.",
                    about: .disk(source.disk.id)
                )
                return nil
            }
            return domain
        }
        let domains = try StorageDomain.fetchAll(context.database)
        let directory = Directory.parent(of: top.path)
        if let beside = domains.first(where: { $0.layout == .flat && $0.path == directory }) {
            return beside
        }
        if domains.count == 1 { return domains[0] }
        refuse(
            "MISSED_STORAGES_FOR_SOME_DISKS",
            .badRequest,
            "Say which storage domain disk \(source.disk.alias) is to go to.",
            about: .disk(source.disk.id)
        )
        return nil
    }
}

extension CommandContext {
    /// Why a snapshot that a hypervisor has taken does not have a disk; nil when it has.
    func damage(to source: ConfiguredDisk, in snapshot: Snapshot) throws -> String? {
        let id = source.disk.id
        let row = try SnapshotVolume.filter(
            Column("snapshotID") == snapshot.id && Column("diskID") == id
        ).fetchOne(database)
        guard row == nil else { return row?.damage }
        let kind =
            source.attachment.isReadOnly
            ? "it is only read" : try disk(id)?.description.split(separator: ".").first
        let omission = "the snapshot was taken without it"
        return kind.map { "\($0), and \(omission)" } ?? omission
    }
}
