// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm stop`.
struct VMStopCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stops a VM.",
        usage: "clone-vm vm stop <vm> [--force] [<options>]",
        discussion: "The guest is asked to shut down, and does that when it can."
    )

    @Argument(help: "Its name or id.")
    var vm: String

    @Flag(help: "Stop it at once, as pulling its plug does.")
    var force = false

    @OptionGroup var common: CommonOptions

    func run(with client: Client) async throws {
        try await client.engine.stop(
            vm: client.vm(vm),
            isForced: force,
            as: client.session
        )
        client.done()
    }
}
