// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Terminal

/// `clone-vm clone`: arguments in, a new VM out.
struct CloneCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone",
        abstract: "Makes a new VM from a snapshot of a VM.",
        usage: "clone-vm clone <vm> --snapshot <snapshot> --name <name> [<options>]",
        discussion: """
            Each disk of the new VM is one image that reads as the snapshot's chain of images. \
            What is not said is taken over from the snapshot. \
            The source may run, and be started, stopped and snapshotted meanwhile. \
            When anything fails, or a signal comes, nothing is left of the new VM.

            A disk that was deleted since is left out, and a warning says so. \
            Shareable disks and LUNs are not copied: --shared-disks says what becomes of them.

            Settings of --disk, which is repeated for each disk that needs any:
              domain=DOMAIN            where it goes
              format=raw|cow           cow is qcow2
              allocation=sparse|preallocated
              interface=virtio|virtio_scsi|sata|ide
              alias=ALIAS              what to call it; else OLD_NEWVM
              boot=N                   the place among the disks that the VM starts from

            Examples:
              clone-vm clone web --snapshot before-upgrade --name web2 --dry-run
              clone-vm clone web --snapshot before-upgrade --name web2
              clone-vm clone web --snapshot s1 --name web3 --omit scratch \\
                --disk root:domain=fast,format=raw,alias=web3-root
              clone-vm clone web --snapshot s1 --name web4 --detach
              clone-vm clone web01 --snapshot s1 --name web01-test --start \\
                --connect qemu:///system
            """
    )

    @Argument(help: "The name or id of the VM.")
    var vm: String

    @OptionGroup(title: "Clone options")
    var wish: CloneOptions

    @Flag(help: "Print what would be made, and make nothing.")
    var dryRun = false

    @Flag(help: "Start the new VM when it is complete; for VMs of libvirt's (--connect).")
    var start = false

    @Flag(help: "Go on in the background, and print the job's id.")
    var detach = false

    @Flag(name: .shortAndLong, help: "Show no progress, and print nothing but warnings and errors.")
    var quiet = false

    @Option(help: .hidden)
    var jobId: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard dryRun, detach else { return }
        throw ValidationError("--dry-run makes nothing that could be detached")
    }

    func run(with client: Client) async throws {
        if detach { return try await Background.start(client) }
        if jobId != nil { Background.leaveSession() }
        if dryRun { return try client.forgettingNewDirectories { try showPlan(client) } }
        try await clone(wish.command(for: client, client.vm(vm)), client)
    }

    private func showPlan(_ client: Client) throws {
        let wish = try wish.command(for: client, client.vm(vm))
        let plan = try client.engine.plan(wish, as: client.session)
        let document = PlanDocument(plan, try client.ask(ListStorageDomains()).entries)
        client.show(document, document.page)
    }

    private func clone(_ wish: CloneVMFromSnapshot, _ client: Client) async throws {
        let signals = StopSignals()
        let id = jobId.map { Job.ID(rawValue: $0) } ?? Job.ID()
        let job = try client.engine.start(wish, id: id, as: client.session)
        try await client.finish(job, isQuiet: quiet || jobId != nil, signals)
        try client.summarize(client.ask(ShowJob(id: id)), isQuiet: quiet)
        guard start else { return }
        try await client.engine.start(vm: client.vm(self.wish.name), as: client.session)
    }
}
