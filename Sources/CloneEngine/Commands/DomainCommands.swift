// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import GRDB

/// Makes a directory a storage domain.
package struct AddStorageDomain: Command {
    package let name: String
    package let path: String

    package init(name: String, path: String) { (self.name, self.path) = (name, path) }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let action = "add Storage Domain"
        var refusals = try context.permission(.manageStorage, on: .system)
        refusals += NameRules.refusals(name, for: action)
        let place = Directory.resolved(path)
        if try StorageDomain.filter(Column("name") == name).fetchCount(context.database) > 0 {
            refusals.append(
                .cannot(action, "STORAGE_DOMAIN_NAME_ALREADY_EXIST", "The name is already in use.")
            )
        }
        if try StorageDomain.filter(Column("path") == place).fetchCount(context.database) > 0 {
            refusals.append(
                .cannot(action, "STORAGE_DOMAIN_ALREADY_EXIST", "\(place) is one already.")
            )
        }
        guard (try? Directory.names(in: place)) != nil else {
            let reason = "\(place) is not a directory that can be read."
            return refusals + [.cannot(action, "STORAGE_DOMAIN_NOT_EXIST", .badRequest, reason)]
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws -> StorageDomain {
        let place = Directory.resolved(path)
        let layout = DomainLayout(place)
        let known = try layout.metadata()
        let metadata = known ?? DomainMetadata(id: StorageDomain.ID(), name: name)
        if known == nil { try layout.create(metadata) }
        let domain = StorageDomain(
            id: metadata.id,
            name: name,
            path: place,
            createdAt: context.now
        )
        try domain.insert(context.database)
        try context.log(.domainAdded(domain: name, user: context.session.userName))
        return domain
    }
}

/// Forgets a storage domain that has no volumes; its directory stays.
package struct RemoveStorageDomain: Command {
    package let id: StorageDomain.ID

    package init(id: StorageDomain.ID) { self.id = id }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.manageStorage, on: .system)
        guard try context.domain(id) != nil else { return refusals + [.noDomain(id)] }
        let count = try Volume.filter(Column("domainID") == id).fetchCount(context.database)
        guard count > 0 else { return refusals }
        let reason = "It has \(count) volumes."
        return refusals + [.cannot("remove Storage Domain", "DOMAIN_NOT_EMPTY", reason)]
    }

    package func run(_ context: CommandContext) throws {
        guard let domain = try context.domain(id) else { return }
        try ForgetDirectory(id: id).run(context)
        try context.log(.domainRemoved(domain: domain.name, user: context.session.userName))
    }
}

/// Takes a storage domain out of use, or into use again.
package struct SetStorageDomainStatus: Command {
    package let id: StorageDomain.ID
    package let status: StorageDomain.Status

    package init(id: StorageDomain.ID, status: StorageDomain.Status) {
        (self.id, self.status) = (id, status)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.manageStorage, on: .system)
        guard try context.domain(id) != nil else { return refusals + [.noDomain(id)] }
        guard let job = try context.conflict(with: [.domain(id)], .exclusive) else {
            return refusals
        }
        return refusals + [.objectLocked("change Storage Domain", by: job)]
    }

    package func run(_ context: CommandContext) throws {
        guard var domain = try context.domain(id) else { return }
        domain.status = status
        try domain.update(context.database)
    }
}

extension Refusal {
    static func noDomain(_ id: StorageDomain.ID) -> Refusal {
        .notFound("storage domain", id.rawValue)
    }
}
