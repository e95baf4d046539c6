// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm start`.
struct VMStartCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a VM.",
        discussion: "Libvirt runs it: --connect says where."
    )

    @Argument(help: "Its name or id.")
    var vm: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) async throws {
        try await client.engine.start(vm: client.vm(vm), as: client.session)
        client.done()
    }
}
