// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Disks that the session may see, by alias, each with its volumes, the lowest first.
package struct ListDisks: Query {
    package struct Entry: Hashable, Sendable {
        package let disk: Disk
        package let volumes: [Volume]
        /// The names of the VMs that have it attached.
        package let vmNames: [String]
    }

    package let options: ListingOptions

    package init(_ options: ListingOptions = .init()) { self.options = options }

    package func answer(_ context: CommandContext) throws -> Page<Entry> {
        let visible = try Visibility(context).disks("disk.id")
        let page: Page<Disk> = try context.page(of: ListDisks.table, options, where: visible)
        return Page(try context.entries(page.entries), of: page.totalCount)
    }

    private static let table = ListingTable(
        name: "disk",
        fields: [
            SearchField("alias", "name", column: "disk.alias", isFreeText: true),
            SearchField("id", column: "disk.id"),
            SearchField("description", column: "disk.description", isFreeText: true),
            SearchField("status", column: status),
            SearchField(
                "size",
                "provisioned_size",
                kind: .size(unitBytes: 1 << 30),
                column: "disk.capacityBytes"
            ),
            SearchField("creation_date", "creationdate", kind: .time, column: "disk.createdAt"),
            SearchField("disk_type", "storage_type", column: "disk.kind"),
            SearchField(
                "vm_names",
                "vm",
                "vm.name",
                "vms.name",
                column: "virtualMachine.name",
                within: ofVM
            ),
            SearchField(
                "storage",
                "storage.name",
                "storagedomain",
                column: "storageDomain.name",
                within: inDomain
            ),
            .only("datacenter", "Default"),
        ],
        order: "disk.alias COLLATE NOCASE, disk.id"
    )

    private static let status = """
        coalesce((SELECT volume.status FROM volume WHERE volume.id = disk.activeVolumeID), 'ok')
        """
    private static let ofVM = """
        disk.id IN (SELECT diskID FROM diskAttachment
            JOIN virtualMachine ON virtualMachine.id = diskAttachment.vmID WHERE @)
        """
    private static let inDomain = """
        disk.id IN (SELECT diskID FROM volume
            JOIN storageDomain ON storageDomain.id = volume.domainID WHERE @)
        """
}

/// One disk with its volumes, the lowest first.
package struct ShowDisk: Query {
    package let id: Disk.ID

    package init(id: Disk.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> ListDisks.Entry {
        guard let disk = try context.disk(id),
            try context.isVisible("disk", id, Visibility(context).disks("id")),
            let entry = try context.entries([disk]).first
        else { throw EngineError(.noDisk(id)) }
        return entry
    }
}

extension CommandContext {
    /// Disks with what belongs to them, by as many questions to the store as for one disk.
    fileprivate func entries(_ disks: [Disk]) throws -> [ListDisks.Entry] {
        let ids = try JSONList(disks.map(\.id.rawValue))
        let volumes = try volumes(of: ids)
        let names = try vmNames(of: ids)
        return disks.map { disk in
            let key = disk.id.rawValue
            return .init(disk: disk, volumes: volumes[key] ?? [], vmNames: names[key] ?? [])
        }
    }

    /// The chains of some disks, each from its lowest volume to its active one.
    ///
    /// A volume is found by the id that the one above it names; asked whether it has a parent, SQLite reads
    /// the table once for a filter.
    private func volumes(of disks: JSONList) throws -> [String: [Volume]] {
        let rows = try SQLRequest<Row>(
            literal: """
                WITH RECURSIVE chain (disk, id, parentID, depth) AS (
                    SELECT disk.id, volume.id, volume.parentID, 0
                        FROM disk JOIN volume ON volume.id = disk.activeVolumeID
                        WHERE disk.id IN (SELECT value FROM json_each(\(disks.text)))
                    UNION ALL
                    SELECT chain.disk, volume.id, volume.parentID, chain.depth + 1
                        FROM chain JOIN volume ON volume.id = chain.parentID
                        WHERE chain.depth < \(maximumLayers)
                )
                SELECT chain.disk AS chainDisk, volume.*
                    FROM chain JOIN volume ON volume.id = chain.id ORDER BY chain.depth DESC
                """
        ).fetchAll(database)
        return try rows.reduce(into: [:]) { chains, row in
            chains[row["chainDisk"], default: []].append(try Volume(row: row))
        }
    }

    /// The names of the visible VMs that have some disks attached.
    private func vmNames(of disks: JSONList) throws -> [String: [String]] {
        let visible = try Visibility(self).vms("virtualMachine.id")
        let rows = try SQLRequest<Row>(
            literal: """
                SELECT diskAttachment.diskID, virtualMachine.name FROM diskAttachment
                    JOIN virtualMachine ON virtualMachine.id = diskAttachment.vmID
                    WHERE diskAttachment.diskID IN (SELECT value FROM json_each(\(disks.text)))
                        AND \(visible)
                    ORDER BY virtualMachine.name
                """
        ).fetchAll(database)
        return rows.reduce(into: [:]) { $0[$1["diskID"], default: []].append($1["name"]) }
    }
}
