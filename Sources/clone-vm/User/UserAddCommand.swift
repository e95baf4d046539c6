// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm user add`.
struct UserAddCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes an account, which may do nothing before a permission is granted.",
        usage: "clone-vm user add <user> [<options>]",
        discussion: """
            The first administrator of a service:
              clone-vm user add admin
            The local administrator, admin@internal, may do everything; he has a password, and can \
            log in, once this gives him one.
            """
    )

    @Argument(help: UserName.help)
    var user: UserName

    @OptionGroup var secret: PasswordOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let password = try secret.password(of: user.whole)
        let account = try client.run(AddUser(name: user.whole, password: password))
        client.show(UserDocument(account), "User \(account.name) added: \(account.id)")
    }
}
