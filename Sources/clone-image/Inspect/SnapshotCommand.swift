// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image snapshot -l`: the internal snapshots of an image, as `qemu-img snapshot -l` lists them.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Lists the internal snapshots of an image, as qemu-img snapshot -l does."
    )

    @OptionGroup var image: ImageArgument

    @Flag(name: .short, help: "List them. Without this, nothing is done.")
    var list: Int

    @Flag(name: .shortAndLong, help: "Taken for compatibility; the list is written all the same.")
    var quiet = false

    func validate() throws {
        guard list < 2 else { throw ValidationError("-l is said once") }
    }

    func run() throws {
        let snapshots = try ImageInformation(
            of: image.file,
            sharesWithWriters: image.forceShare
        ).snapshots
        if list > 0 { try Output.write(SnapshotTable(snapshots: snapshots).text) }
    }
}
