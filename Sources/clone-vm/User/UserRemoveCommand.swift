// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm user remove`.
struct UserRemoveCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a user with his permissions, and ends all his sessions; his VMs stay."
    )

    @Argument(help: UserName.help)
    var user: UserName

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(RemoveUser(name: user.whole))
        client.done()
    }
}
