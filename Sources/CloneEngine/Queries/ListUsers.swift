// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Accounts, by name: all for who looks after them, and his own for everybody else.
package struct ListUsers: Query {
    package var looksAtMachines: Bool { false }

    package let options: ListingOptions

    package init(_ options: ListingOptions = .init()) { self.options = options }

    package func answer(_ context: CommandContext) throws -> Page<Account> {
        let visible = try Visibility(context).accounts
        return try context.page(of: ListUsers.table, options, where: visible)
    }

    private static let table = ListingTable(
        name: "account",
        fields: [
            SearchField("name", column: "account.name", isFreeText: true),
            SearchField("usrname", "username", column: "known.name", within: isKnownBy),
            SearchField("id", column: "account.id"),
        ],
        order: "account.name COLLATE NOCASE, account.id"
    )

    /// Clients of oVirt call a user after who vouches for him, too.
    private static let isKnownBy = """
        EXISTS (SELECT 1 FROM (
            SELECT account.name AS name UNION SELECT account.name || '-authz'
        ) AS known WHERE @)
        """
}

/// One account.
package struct ShowUser: Query {
    package var looksAtMachines: Bool { false }

    package let id: Account.ID

    package init(id: Account.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> Account {
        guard let account = try Account.fetchOne(context.database, key: id),
            try context.isVisible("account", id, Visibility(context).accounts)
        else { throw EngineError(.notFound("user", id.rawValue)) }
        return account
    }
}
