// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm permission list`.
struct PermissionListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists who may do what: all, or those of a user or about one object.",
        usage: "clone-vm permission list [<options>]"
    )

    @Option(help: UserName.help)
    var user: UserName?

    @OptionGroup var object: PermissionObject

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let query = ListPermissions(on: try object.reference(client), of: user?.whole)
        client.list(try client.ask(query).map(PermissionDocument.init))
    }
}
