// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm domain add`.
struct DomainAddCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes a directory a storage domain.",
        usage: "clone-vm domain add <name> <directory> [<options>]",
        discussion: """
            The directory must exist. \
            Disks get a directory of their own in DIRECTORY/images, in oVirt's layout. \
            Files that are there already are left alone. \
            There are no domains on block devices; a device is given to a VM by disk add-lun.
            """
    )

    @Argument(help: "What to call it.")
    var name: String

    @Argument(help: "Where its disks are to lie.", completion: .directory)
    var directory: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let domain = try client.run(AddStorageDomain(name: name, path: directory))
        let entry = try client.ask(ListStorageDomains()).first { $0.domain.id == domain.id }
        guard let entry else { return }
        client.show(DomainDocument(entry), "Storage domain \(name) added: \(domain.id)")
    }
}
