// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm set-status`.
struct VMSetStatusCommand: EngineCommand {
    /// What a VM can be that somebody else starts and stops.
    enum Status: String, ExpressibleByArgument, CaseIterable { case up, down }

    static let configuration = CommandConfiguration(
        commandName: "set-status",
        abstract: "Tells that somebody has started or stopped a VM.",
        usage: "clone-vm vm set-status <vm> <status> [<options>]",
        discussion: """
            VMs are not started here. Who starts one says so, and it is left alone: \
            its snapshots can be cloned, and its disks and snapshots stay as they are.
            """
    )

    @Argument(help: "Its name or id.")
    var vm: String

    @Argument(help: "What it is now: up or down.")
    var status: Status

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.run(SetVMStatus(id: client.vm(vm), isUp: status == .up))
        client.done()
    }
}
