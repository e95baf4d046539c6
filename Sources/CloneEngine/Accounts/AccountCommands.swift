// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// Makes an account; it may do nothing until it is given permissions.
package struct AddUser: Command {
    package var looksAtMachines: Bool { false }

    package let name: String
    private let password: String

    package init(name: String, password: String) {
        (self.name, self.password) = (name, password)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        var refusals = try context.permission(.manageUsers, on: .system)
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count != 2 || parts[1] != Account.internalDomain {
            let reason = "The name of a user is NAME@\(Account.internalDomain)."
            refusals.append(.cannot("add User", "INVALID_NAME", .badRequest, reason))
        } else {
            refusals += NameRules.refusals(String(parts[0]), for: "add User")
        }
        if try context.account(named: name) != nil {
            let reason = "There is a user \(name) already."
            refusals.append(.cannot("add User", "NAME_ALREADY_USED", reason))
        }
        return refusals + PasswordRules.refusals(password, for: "add User")
    }

    package func run(_ context: CommandContext) throws -> Account {
        let account = Account(
            name: name,
            password: try PasswordHash(of: password),
            createdAt: context.now
        )
        try account.insert(context.database)
        try context.log(.userAdded(name, user: context.session.userName))
        return account
    }
}

/// Gives an account another password, and ends all its sessions.
package struct SetPassword: Command {
    package var looksAtMachines: Bool { false }

    package let name: String
    private let password: String

    package init(name: String, password: String) {
        (self.name, self.password) = (name, password)
    }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        let isOwn = name == context.session.userName
        var refusals = isOwn ? [] : try context.permission(.manageUsers, on: .system)
        if try context.account(named: name) == nil { refusals.append(.notFound("user", name)) }
        return refusals + PasswordRules.refusals(password, for: "set password")
    }

    package func run(_ context: CommandContext) throws {
        guard var account = try context.account(named: name) else { return }
        account.password = try PasswordHash(of: password)
        try account.update(context.database)
        try context.endSessions(of: name)
        try context.log(.passwordChanged(name, user: context.session.userName))
    }
}

/// Removes an account with its sessions and permissions.
package struct RemoveUser: Command {
    package var looksAtMachines: Bool { false }

    package let name: String

    package init(name: String) { self.name = name }

    package func validate(_ context: CommandContext) throws -> [Refusal] {
        var refusals = try context.permission(.manageUsers, on: .system)
        if try context.account(named: name) == nil { refusals.append(.notFound("user", name)) }
        return refusals
    }

    package func run(_ context: CommandContext) throws {
        try context.account(named: name)?.delete(context.database)
        try context.endSessions(of: name)
        try context.log(.userRemoved(name, user: context.session.userName))
        // The local administrator's are the command line's, too.
        guard name != Session.administrator else { return }
        try Permission.filter(Column("userName") == name).deleteAll(context.database)
    }
}

extension CommandContext {
    func account(named name: String) throws -> Account? {
        try Account.filter(Column("name") == name).fetchOne(database)
    }

    fileprivate func endSessions(of name: String) throws {
        try AccessToken.filter(Column("userName") == name).deleteAll(database)
    }
}

/// What a password must be like.
private enum PasswordRules {
    private static let characters = 8...1024

    static func refusals(_ password: String, for action: String) -> [Refusal] {
        guard !characters.contains(password.count) else { return [] }
        let reason =
            "A password has \(characters.lowerBound) to \(characters.upperBound) characters."
        return [.cannot(action, "INVALID_PASSWORD", .badRequest, reason)]
    }
}
