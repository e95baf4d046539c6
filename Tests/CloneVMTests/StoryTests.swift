// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-vm clone")
struct StoryTests {
    private let sample: SampleVM
    private var host: Host { sample.host }

    init() throws { sample = try SampleVM() }

    @Test("a clone has the snapshot's content in the formats and domains that were chosen")
    func story() throws {
        let clone = try host.ask(
            Told.Clone.self,
            "clone web --snapshot s --name web2 --disk data:domain=first,format=cow "
                + "--disk root:domain=second,format=raw,interface=sata,alias=new-root,boot=2"
        )
        #expect(clone.status == "done")
        #expect(clone.vm.status == "down")
        let disks = clone.disks.sorted { $0.alias < $1.alias }
        #expect(disks.map(\.alias) == ["data_web2", "new-root"])
        #expect(disks.map(\.domain) == ["first", "second"])
        #expect(disks.map(\.format) == ["cow", "raw"])
        try QemuImg.compare(disks[0].path, format: "qcow2", sample.data, format: "raw")
        try QemuImg.compare(disks[1].path, format: "raw", sample.root, format: "raw")
        try QemuImg.check(disks[0].path)
        let sentence =
            "Disk gone of snapshot 's' is not part of VM web2: it has been deleted since."
        #expect(clone.warnings == [sentence])
        let shown = try host.ask(Told.WholeVM.self, "vm show web2")
        #expect(shown.disks.map(\.interface) == ["virtio", "sata"])
        #expect(shown.disks.map(\.bootOrder) == [nil, 2])
        #expect(shown.disks[1].address.hasPrefix("{type=drive"))
        #expect(shown.networkInterfaces.map(\.name) == ["nic1"])
        #expect(try host.run("recover --check").status == 0)
    }

    @Test("people see a summary, warnings apart from it, and lines where no bar can be drawn")
    func words() throws {
        let clone = "clone web --snapshot s --disk root:domain=first"
        let output = try host.succeed("\(clone) --name web2")
        let lines = output.text.split(separator: "\n")
        #expect(lines[0].hasPrefix("VM web2 made in "))
        #expect(lines[1].contains(#/^DISK +DOMAIN +FORMAT +SIZE +COPIED +TIME$/#))
        #expect(lines[2].contains(#/^data_web2 +second +raw sparse +8 MiB +2 MiB +[\d.]+ s$/#))
        #expect(lines[3].contains(#/^root_web2 +first +cow sparse +8 MiB +3 MiB +[\d.]+ s$/#))
        let told = output.standardError.split(separator: "\n")
        #expect(told.contains { $0.contains(#/^root -> first: +100% +3 MiB in /#) })
        #expect(told.contains { $0.contains("clone-vm: warning: Disk gone of snapshot 's'") })
        let quiet = try host.succeed("\(clone) --name web3 --quiet")
        #expect(quiet.text == "")
        #expect(quiet.standardError.split(separator: "\n").count == 1)
    }

    @Test("a dry run tells everything and changes nothing")
    func dryRun() throws {
        let before = (try host.files(), try host.succeed("event list").text)
        let plan = try host.ask(
            Told.Plan.self,
            "clone web --snapshot s --name web2 --dry-run --omit data "
                + "--disk root:domain=first,format=raw"
        )
        #expect(plan.copies.map(\.disk) == ["root"])
        #expect(plan.copies.map(\.chainLength) == [3])
        #expect(plan.copies.map(\.requiredBytes) == [3 * Host.mebibyte])
        #expect(plan.missingDisks.map(\.disk).sorted() == ["data", "gone"])
        #expect(plan.domains.map(\.name) == ["first"])
        #expect(plan.domains.map(\.requiredBytes) == [3 * Host.mebibyte])
        let page = try host.succeed(
            "clone web --snapshot s --name web2 --dry-run --disk root:domain=first"
        ).text
        #expect(page.contains("root       3  first   cow sparse  root_web2  virtio     pci 0x04"))
        #expect(page.contains("Left out: gone (it has been deleted since)."))
        let domains = try host.succeed("domain list").text
        let elsewhere = host.directory.path("state")
        let moved = try host.ask(
            Told.Plan.self,
            "clone web --snapshot s --name web2 --dry-run --to \(elsewhere)"
        )
        #expect(moved.domains.map(\.name).contains(elsewhere))
        #expect(try host.succeed("domain list").text == domains)
        #expect(try host.ask([Told.VM].self, "vm list").map(\.name) == ["web"])
        #expect(try host.files() == before.0)
        #expect(try host.succeed("event list").text == before.1)
    }

    @Test("who only asks changes no byte of the store")
    func asking() throws {
        let store = URL(filePath: host.directory.path("state/engine.sqlite"))
        let before = try Data(contentsOf: store)
        for line in ["vm show web", "snapshot show web s", "disk list", "recover --check"] {
            try host.succeed(line)
        }
        #expect(try Data(contentsOf: store) == before)
    }

    @Test("two processes clone one snapshot at the same time")
    func together() throws {
        let output = try host.shell(
            """
            for name in a b c; do
                "$0" clone web --snapshot s --name $name --disk root:domain=first --quiet "$@" &
                jobs+=($!)
            done
            for job in "${jobs[@]}"; do wait $job || exit; done
            """
        )
        #expect(output.status == 0, "\(output.standardError)")
        let disks = try host.ask([Told.Disk].self, "disk list")
        for name in ["a", "b", "c"] {
            let root = try #require(disks.first { $0.alias == "root_\(name)" }?.volumes.first)
            try QemuImg.compare(root.path, format: "qcow2", sample.root, format: "raw")
        }
        #expect(try host.run("recover --check").status == 0)
    }

    @Test("a snapshot is deleted, and what the VM reads does not change")
    func deletion() throws {
        let copy = host.directory.path("copy")
        try QemuImg.convert(host.active("data"), to: copy)
        try host.succeed("snapshot delete web s")
        try QemuImg.compare(host.active("data"), format: "qcow2", copy, format: "raw")
        #expect(try host.run("snapshot show web s").status == 4)
    }
}
