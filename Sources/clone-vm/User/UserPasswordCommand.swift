// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm user password`.
struct UserPasswordCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Gives a user another password, and ends all his sessions.",
        usage: "clone-vm user password <user> [<options>]"
    )

    @Argument(help: UserName.help)
    var user: UserName

    @OptionGroup var secret: PasswordOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let password = try secret.password(of: user.whole)
        try client.run(SetPassword(name: user.whole, password: password))
        client.done()
    }
}
