// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("What clone-vm refuses")
struct RefusalTests {
    private let sample: SampleVM
    private var host: Host { sample.host }

    init() throws { sample = try SampleVM() }

    @Test("each kind of refusal has its exit code, and one line for each reason")
    func exitCodes() throws {
        let clone = "clone web --snapshot s --disk root:domain=first"
        let expected: [(String, Int32, String)] = [
            ("vm add a:b", 2, "Cannot add VM. The given name contains characters other than"),
            ("vm add b --cores 0", 2, "Cannot add VM. A VM has 1 MiB to 64 TiB of memory"),
            ("vm add web", 3, "Cannot add VM. The VM name is already in use"),
            ("\(clone) --name web", 3, "Cannot add VM. The VM name is already in use"),
            ("clone web --snapshot s --name b", 2, "Cannot add VM. Say which storage domain"),
            ("vm show nobody", 4, "There is no VM 'nobody'."),
            ("clone web --snapshot t --name b", 4, "There is no snapshot 't' of VM web."),
            ("\(clone) --name b --omit nothing", 4, "There is no disk 'nothing' of VM web."),
            ("disk plug web nothing", 4, "There is no disk 'nothing' of VM web."),
            ("job show 0000", 4, "There is no job '0000'."),
            ("domain remove second", 3, "Cannot remove Storage Domain. It has "),
            ("vm add b --memory much", 64, "The value 'much' is invalid for '--memory"),
            ("\(clone) --name b --disk root:size=1", 64, "'size=1' is no setting"),
            ("\(clone) --name b --disk data:boot=1,boot=2", 64, "it says boot twice"),
            ("\(clone) --name b --omit root", 64, "--omit and --disk exclude each other"),
            ("\(clone) --name b --disk root:format=vdi", 64, "format is one of raw, cow"),
            ("\(clone) --name b --disk root:boot=0", 64, "boot is a number from 1, not '0'"),
            ("\(clone) --name b --dry-run --detach", 64, "--dry-run makes nothing"),
            ("vm set-status web asleep", 64, "'asleep'"),
        ]
        for (line, status, words) in expected {
            let output = try host.run(line)
            #expect(output.status == status, "\(line): \(output.standardError)")
            #expect(output.standardError.hasPrefix("clone-vm: "))
            #expect(output.standardError.contains(words), "\(line): \(output.standardError)")
            #expect(output.text == "")
        }
        let several = try host.run("vm add b --nic x:y")
        #expect(several.status == 2)
        #expect(try host.ask([Told.VM].self, "vm list").map(\.name) == ["web"])
    }

    @Test("a store that cannot be used is exit code 1")
    func unusableStore() throws {
        let path = host.directory.path("file")
        try Data().write(to: URL(filePath: path))
        let output = try Command.run(Host.path(), ["vm", "list", "--state", path + "/state"])
        #expect(output.status == 1)
        #expect(output.standardError.hasPrefix("clone-vm: The engine's store in \(path)/state"))
    }

    @Test("programs get refusals as JSON")
    func document() throws {
        let output = try host.run("vm add web --json")
        #expect(output.status == 3)
        let failure = try output.decoded(as: Told.Failure.self)
        #expect(failure.status == "failed")
        #expect(failure.refusals.map(\.key) == ["NAME_ALREADY_USED"])
        #expect(output.standardError == "clone-vm: \(failure.refusals[0].message)\n")
    }

    @Test("a name that means two things is refused with their ids, and each id is understood")
    func ambiguousNames() throws {
        try host.succeed("vm add other")
        try host.succeed("disk add other root --domain first --size 1M")
        let output = try host.run("disk remove root")
        #expect(output.status == 2)
        let disks = try host.ask([Told.Disk].self, "disk list").filter { $0.alias == "root" }
        #expect(output.standardError.hasPrefix("clone-vm: 'root' names 2 disks: "))
        for disk in disks { #expect(output.standardError.contains(disk.id)) }
        // Among a VM's own disks there is only one of the name.
        try host.succeed("disk unplug other root")
        #expect(try host.ask(Told.WholeVM.self, "vm show other").disks.map(\.isPlugged) == [false])
        let other = try #require(disks.first { $0.vms == ["other"] })
        try host.succeed("disk remove \(String(other.id.prefix(8)))")
        #expect(try host.ask([Told.Disk].self, "disk list").map(\.alias) == ["data", "root"])
    }

    @Test("a check finds what does not agree, and exits with 1")
    func check() throws {
        #expect(try host.run("recover --check").status == 0)
        try FileManager.default.removeItem(atPath: host.active("data"))
        let output = try host.run("recover --check")
        #expect(output.status == 1)
        #expect(output.text.contains(#/^The file .* of volume .* is missing\.\n$/#))
    }
}
