// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm permission revoke`.
struct PermissionRevokeCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Takes a role back.",
        usage: "clone-vm permission revoke <user> <role> <object> [<options>]"
    )

    @OptionGroup var wish: PermissionWish

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let permission = try wish.permission(client)
        try client.run(GrantPermission(permission, isGranted: false))
        client.done()
    }
}
