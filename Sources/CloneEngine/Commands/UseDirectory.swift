// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import GRDB

/// The storage domain of a directory, whose files have names for people; it is made when there is none.
package struct UseDirectory: Command {
    package let path: String

    package init(path: String) { self.path = path }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let refusals = try context.permission(.manageStorage, on: .system)
        guard (try? Directory.names(in: path)) != nil else {
            let reason = "\(path) is not a directory that can be read."
            let action = "add Storage Domain"
            return refusals + [.cannot(action, "STORAGE_DOMAIN_NOT_EXIST", .badRequest, reason)]
        }
        return refusals
    }

    package func run(_ context: CommandContext) throws -> StorageDomain {
        let place = Directory.resolved(path)
        let known = StorageDomain.filter(Column("path") == place)
        if let domain = try known.fetchOne(context.database) { return domain }
        let domain = StorageDomain(
            id: StorageDomain.ID(derivedFrom: "directory", place),
            name: place,
            path: place,
            createdAt: context.now,
            layout: .flat
        )
        try domain.insert(context.database)
        return domain
    }
}

/// Forgets a storage domain without volumes, and without an event: for directories that were used for
/// nothing, of which no event told either.
package struct ForgetDirectory: Command {
    package let id: StorageDomain.ID

    package init(id: StorageDomain.ID) { self.id = id }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        try RemoveStorageDomain(id: id).validate(context)
    }

    package func run(_ context: CommandContext) throws {
        try context.domain(id)?.delete(context.database)
        try context.removePermissions(on: .domain(id))
    }
}
