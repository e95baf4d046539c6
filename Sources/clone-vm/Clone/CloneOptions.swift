// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// What a clone is to be like.
struct CloneOptions: ParsableArguments {
    @Option(help: "The snapshot's description or id.")
    var snapshot: String

    @Option(help: "What to call the new VM.")
    var name: String

    @Option(help: ArgumentHelp("What people should know of it.", valueName: "text"))
    var description: String?

    @Option(
        help: ArgumentHelp(
            "Settings of one disk, by its alias or id. May be repeated.",
            valueName: "disk:key=value"
        ),
        transform: DiskSettings.init
    )
    var disk: [DiskSettings] = []

    @Option(
        help: ArgumentHelp(
            "Where disks go of which --disk says nothing else: a storage domain or libvirt's pool by "
                + "its name, or a directory by its path; else where the source's disks lie.",
            valueName: "place"
        )
    )
    var to: String?

    @Option(help: ArgumentHelp("Leave out this disk. May be repeated.", valueName: "disk"))
    var omit: [String] = []

    @Option(
        help: ArgumentHelp(
            "What becomes of shareable disks and LUNs, which are not copied.",
            valueName: "policy"
        )
    )
    var sharedDisks = CloneVMFromSnapshot.SharedDisks.attachUnplugged

    @Flag(help: "Keep the addresses of network cards; no other VM may have them.")
    var keepMacs = false

    @Flag(help: "Begin even if there seems to be too little space.")
    var noSpaceCheck = false

    @Option(
        help: ArgumentHelp(
            "Copy at most so many bytes of each disk in a second, as in 50M.",
            valueName: "size"
        )
    )
    var rateLimit: ByteCount?

    func validate() throws {
        if rateLimit?.bytes == 0 { throw ValidationError("--rate-limit must be more than 0") }
        let names = Set(disk.map(\.name))
        if let name = omit.first(where: names.contains) {
            throw ValidationError("--omit and --disk exclude each other for disk \(name)")
        }
    }

    /// The command that the options describe.
    func command(for client: Client, _ vm: VirtualMachine.ID) throws -> CloneVMFromSnapshot {
        let id = try client.snapshot(snapshot, of: vm)
        var command = CloneVMFromSnapshot(snapshotID: id, name: name)
        (command.description, command.sharedDisks) = (description, sharedDisks)
        (command.keepsMACAddresses, command.checksSpace) = (keepMacs, !noSpaceCheck)
        command.bytesPerSecond = rateLimit?.bytes
        command.domainID = try to.map(client.place)
        guard !disk.isEmpty || !omit.isEmpty else { return command }
        let configuration = try client.ask(GetVmConfigurationBySnapshot(snapshotID: id))
        for settings in disk {
            let diskID = try configuration.disk(settings.name)
            try settings.apply(to: &command.disks[diskID, default: .init()], client)
        }
        for name in omit {
            command.disks[try configuration.disk(name), default: .init()].isIncluded = false
        }
        return command
    }
}
