// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, "
                + "$XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Work on the VMs that libvirt has there, as in qemu:///system; else $CLONE_VM_CONNECT, "
                + "or on the VMs of --state alone.",
            valueName: "uri"
        )
    )
    var connect: String?

    @Flag(help: "Print lines of JSON. Sizes are in bytes, times as in ISO 8601.")
    var json = false

    /// The directory that the options and the environment name.
    var stateDirectory: String {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        return state ?? environment["CLONE_VM_STATE"] ?? CommonOptions.standard(environment)
    }

    /// Where libvirt is; nil for nowhere.
    var libvirtURI: String? {
        let environment = ProcessInfo.processInfo.environment["CLONE_VM_CONNECT"]
        return [connect, environment].lazy.compactMap(\.self).first { !$0.isEmpty }
    }

    private static func standard(_ environment: [String: String]) -> String {
        let home = NSHomeDirectory() + "/.local/state"
        return (environment["XDG_STATE_HOME"] ?? home) + "/clone-vm"
    }
}
