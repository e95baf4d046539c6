// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm snapshot create`.
struct SnapshotCreateCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Keeps the state of a VM's disks and its configuration.",
        usage: "clone-vm snapshot create <vm> <description> [<options>]",
        discussion: """
            From now on the VM writes to new volumes, which lie where the disks' other volumes lie. \
            Shareable disks and LUNs have no snapshots. \
            A VM of libvirt's (--connect) may run meanwhile; its new volumes lie beside the old.
            """
    )

    @Argument(help: "The VM's name or id.")
    var vm: String

    @Argument(help: "What to call the snapshot.")
    var description: String

    @Option(help: "The storage domain for new volumes of disks that lie in none.")
    var domain: String?

    @Flag(
        help: """
            Have the guest of a running VM write all it has in memory first; needs the QEMU guest \
            agent in it.
            """
    )
    var quiesce = false

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let snapshot = try client.run(
            CreateSnapshot(
                vmID: client.vm(vm),
                description: description,
                domainID: domain.map(client.domain),
                isQuiesced: quiesce
            )
        )
        let sentence = "Snapshot \(description) created: \(snapshot.id)"
        client.show(SnapshotDocument(snapshot), sentence)
    }
}
