// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Terminal

/// `clone-vm snapshot delete`.
struct SnapshotDeleteCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Removes a snapshot; what the VM reads now does not change.",
        usage: "clone-vm snapshot delete <vm> <snapshot> [<options>]",
        discussion: """
            What only the snapshot's volumes have is merged with those above them. A VM of libvirt's \
            (--connect) may run meanwhile: it is libvirt that merges, version 9.0 or newer.
            """
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "The snapshot's description or id.")
    var snapshot: String

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    @OptionGroup var common: CommonOptions

    func run(with client: Client) async throws {
        let deletion = DeleteSnapshot(id: try client.snapshot(snapshot, of: client.vm(vm)))
        let signals = StopSignals()
        let job = try client.engine.start(deletion, as: client.session)
        try await client.finish(job, isQuiet: quiet, signals)
        client.done()
    }
}
