// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Terminal

/// The command line's entry.
@main
struct CloneVM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone-vm",
        abstract: "Makes new VMs from snapshots of VMs.",
        discussion: """
            A VM's disks lie in storage domains, which are directories, or are files that were \
            adopted where they lie. A snapshot keeps their state and the VM's configuration. \
            A clone is a new VM with that state, which needs no file of the old one; \
            the old one may run meanwhile.

            Everything has a name and an id, and can be called by its name, its id, or the \
            beginning of its id (4 characters or more).

            Examples:
              clone-vm domain add fast images
              clone-vm vm add web --memory 2G --nic nic1
              clone-vm disk adopt web top.qcow2 --alias root
              clone-vm snapshot create web before-upgrade
              clone-vm clone web --snapshot before-upgrade --name web2

            Exit codes:
              0    done
              1    reading or writing failed, or recover --check has found something
              2    the request makes no sense as it is
              3    something stands in its way: a lock, a name in use, too little space
              4    there is no such VM, disk, snapshot, domain or job
              5    the user may not do that
              64   the command line is wrong
              129, 130, 143   stopped by SIGHUP, SIGINT, SIGTERM; a clone is undone
            """,
        version: "0.1.0",
        subcommands: [
            CloneCommand.self, VMCommand.self, DiskCommand.self, NICCommand.self,
            SnapshotCommand.self, DomainCommand.self, JobCommand.self, EventCommand.self,
            UserCommand.self, PermissionCommand.self, RecoverCommand.self, ServeCommand.self,
        ]
    )

    // The parser's own errors look like all the others.
    static var _errorPrefix: String { "\(Output.programName): " }

    static func main() async {
        StandardDescriptors.fillGaps()
        await main(nil)
    }
}
