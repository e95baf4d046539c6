// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm user list`.
struct UserListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all users, by name.",
        usage: "clone-vm user list [<options>]"
    )

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        client.list(try client.ask(ListUsers(search.listing())).map(UserDocument.init))
    }
}
