// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm permission grant`.
struct PermissionGrantCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Gives a user a role.",
        usage: "clone-vm permission grant <user> <role> <object> [<options>]"
    )

    @OptionGroup var wish: PermissionWish

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let permission = try wish.permission(client)
        try client.run(GrantPermission(permission, isGranted: true))
        client.done()
    }
}
