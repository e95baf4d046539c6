// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import GRDB

/// Storage domains that the session may use, by name, with the space that each has.
package struct ListStorageDomains: Query {
    /// A domain, and how full it is.
    package struct Entry: Hashable, Sendable {
        package let domain: StorageDomain
        /// The bytes that are free; nil when the directory is not there.
        package let freeBytes: UInt64?
        /// All bytes of its file system; nil when the directory is not there.
        package let totalBytes: UInt64?
        package let volumeCount: Int
    }

    package let options: ListingOptions

    package init(_ options: ListingOptions = .init()) { self.options = options }

    package func answer(_ context: CommandContext) throws -> Page<Entry> {
        let visible = try Visibility(context).domains("storageDomain.id")
        let page: Page<StorageDomain> =
            try context.page(of: ListStorageDomains.table, options, where: visible)
        return Page(try page.map(context.entry), of: page.totalCount)
    }

    private static let table = ListingTable(
        name: "storageDomain",
        fields: [
            SearchField("name", column: "storageDomain.name", isFreeText: true),
            SearchField("id", column: "storageDomain.id"),
            SearchField("status", column: "storageDomain.status"),
            SearchField("path", column: "storageDomain.path", isFreeText: true),
            SearchField("creationdate", kind: .time, column: "storageDomain.createdAt"),
            .only("datacenter", "Default"),
            SearchField("type", column: "'data'"),
        ],
        order: "storageDomain.name COLLATE NOCASE, storageDomain.id"
    )
}

/// One storage domain, and how full it is.
package struct ShowStorageDomain: Query {
    package let id: StorageDomain.ID

    package init(id: StorageDomain.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> ListStorageDomains.Entry {
        guard let domain = try context.domain(id),
            try context.isVisible("storageDomain", id, Visibility(context).domains("id"))
        else { throw EngineError(.noDomain(id)) }
        return try context.entry(domain)
    }
}

extension CommandContext {
    fileprivate func entry(_ domain: StorageDomain) throws -> ListStorageDomains.Entry {
        let volumes = Volume.filter(Column("domainID") == domain.id)
        return ListStorageDomains.Entry(
            domain: domain,
            freeBytes: try? Directory.freeBytes(in: domain.path),
            totalBytes: try? Directory.totalBytes(in: domain.path),
            volumeCount: try volumes.fetchCount(database)
        )
    }
}

/// The names of the storage domains that the session may use.
package struct StorageDomainNames: Query {
    package init() {}

    package func answer(_ context: CommandContext) throws -> [StorageDomain.ID: String] {
        let visible = try Visibility(context).domains("id")
        let domains = try SQLRequest<StorageDomain>(
            literal: "SELECT * FROM storageDomain WHERE \(visible)"
        ).fetchAll(context.database)
        return Dictionary(uniqueKeysWithValues: domains.map { ($0.id, $0.name) })
    }
}
