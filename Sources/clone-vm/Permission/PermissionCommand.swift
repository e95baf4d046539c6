// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Terminal

/// `clone-vm permission`.
struct PermissionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permission",
        abstract: "Who may do what.",
        discussion: """
            Roles:
            \(PermissionCommand.roles)

            A clone needs a role that shows its source, one that makes VMs on the source and on the \
            system, and one that makes disks on each target domain. For example:
              clone-vm permission grant alice UserVmManager --vm web
              clone-vm permission grant alice VmCreator --system
              clone-vm permission grant alice DiskCreator --domain fast
            """,
        subcommands: [
            PermissionGrantCommand.self, PermissionRevokeCommand.self, PermissionListCommand.self,
        ]
    )

    private static var roles: String {
        Permission.Role.allCases.map { "  " + padded($0.rawValue, to: 21) + $0.purpose }
            .joined(separator: "\n")
    }
}

extension Permission.Role: ExpressibleByArgument {}

/// What a permission is about.
struct PermissionObject: ParsableArguments {
    @Flag(help: "All there is.")
    var system = false

    @Option(help: "This VM, with its disks and snapshots.")
    var vm: String?

    @Option(help: "This disk.")
    var disk: String?

    @Option(help: "This storage domain, with the disks in it.")
    var domain: String?

    /// The object that is named; nil where none is.
    func reference(_ client: Client) throws -> ObjectReference? {
        if let vm { return .vm(try client.vm(vm)) }
        if let disk { return .disk(try client.disk(disk)) }
        if let domain { return .domain(try client.domain(domain)) }
        return system ? .system : nil
    }

    private var count: Int { [vm, disk, domain].count { $0 != nil } + (system ? 1 : 0) }

    func validate() throws {
        guard count < 2 else {
            throw ValidationError("say one of --vm, --disk, --domain and --system")
        }
    }

    /// The object, of which there must be one.
    func requiredReference(_ client: Client) throws -> ObjectReference {
        guard let reference = try reference(client) else {
            let text = "Say what the role is about: --vm, --disk, --domain or --system."
            throw EngineError(Refusal("OBJECT_MISSING", .badRequest, text))
        }
        return reference
    }
}
