// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CloneEngine
@testable import CloneWeb

@Suite("The clone dialog")
struct CloneDialogTests {
    @Test("it is opened with the snapshot's disks, what is copied of them, and what is not")
    func open() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let response = try await browser.get(house.clonePath)
            #expect(response.status == .ok)
            let text = response.text
            #expect(text.contains("disk.\(house.system.id).include"))
            #expect(text.contains("<strong>shared</strong>: it is shareable, so the clone gets"))
            #expect(text.contains("<strong>gone</strong>: it has been deleted since."))
            #expect(!text.contains("The given name is empty."))
            // Two of eight MiB are written, and the tables of a qcow2 image.
            #expect(text.contains("<strong>2.3 MiB</strong> to copy"))
            #expect(text.contains("1 of 3"))
        }
    }

    @Test("the plan follows what is chosen, and nothing is made by it")
    func plan() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            var form = house.dialog("copy")
            form["action"] = "plan"
            form["disk.\(house.system.id).domain"] = house.second.id.rawValue
            form["disk.\(house.system.id).format"] = "raw"
            form["disk.\(house.system.id).allocation"] = "preallocated"
            let response = try await browser.post(house.clonePath, form)
            #expect(response.status == .ok)
            #expect(response.text.contains("<strong>8 MiB</strong> to copy"))
            #expect(response.text.contains("at an assumed 200 MiB/s"))
            form["rate"] = "2"
            let slow = try await browser.post(house.clonePath, form).text
            #expect(slow.contains("about 4.0 s"))
            #expect(slow.contains("at 2 MiB/s, as limited"))
            form["disk.\(house.system.id).include"] = nil
            let without = try await browser.post(house.clonePath, form)
            #expect(without.text.contains("0 of 3"))
            #expect(without.text.contains("disk.\(house.system.id).include"))
            #expect(without.text.contains("Left out: the clone does not get it."))
            // Who has never been offered a disk has not left it out either.
            let gone = try #require(
                try house.engine.answer(
                    GetVmConfigurationBySnapshot(snapshotID: house.snapshot.id),
                    as: Session()
                ).disks.first { $0.disk.alias == "gone" }
            )
            #expect(!without.text.contains("disk.\(gone.disk.id).row"))
        }
        #expect(try house.engine.answer(ListVMs(), as: Session()).count == 1)
    }

    @Test("blocks that can be shared are told, however a domain arranges its files")
    func sharing() async throws {
        let system = try LoopFileSystem(.xfs)
        let house = try House()
        let engine = house.engine
        for name in ["images", "files"] {
            try FileManager.default.createDirectory(
                atPath: system.path(name),
                withIntermediateDirectories: false
            )
        }
        let domain = AddStorageDomain(name: "third", path: system.path("images"))
        let images = try engine.run(domain, as: Session())
        let files = try engine.run(UseDirectory(path: system.path("files")), as: Session())
        try QemuImg.create(system.path("image.qcow2"), size: 1 << 20)
        let vm = try engine.run(AddVM(name: "adopter"), as: Session())
        let path = system.path("image.qcow2")
        let disk = try engine.run(AdoptDisk(vmID: vm.id, path: path, alias: "d"), as: Session())
        let snapshot = try engine.run(
            CreateSnapshot(vmID: vm.id, description: "s", domainID: images.id),
            as: Session()
        )
        try await house.visit { client in
            let browser = try await house.browser(client)
            for (place, words) in [(images, "up to"), (files, "up to"), (house.first, "none")] {
                let form = [
                    "name": "copy", "action": "plan", "disk.\(disk.id).row": "1",
                    "disk.\(disk.id).include": "on", "disk.\(disk.id).domain": place.id.rawValue,
                ]
                let clone = "\(House.root)/vms/\(vm.id)/snapshots/\(snapshot.id)/clone"
                let text = try await browser.post(clone, form).text
                let told = text.part(from: "Blocks that can be shared</dt><dd>", to: "</dd>")
                #expect(told?.hasPrefix(words) == true, "\(place.name): \(told ?? text)")
            }
        }
    }

    private let mistakes = [
        ("name", "", "Can not add VM. The given name is empty.", 400),
        ("name", "a b", "Cannot add VM. The given name contains characters", 400),
        ("name", "web", "The VM name is already in use, please choose a unique name", 409),
        ("description", "\u{7}", "A description is one line", 400),
    ]

    @Test("what is wrong is said beside the field, in oVirt's words")
    func fields() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            for (field, value, words, status) in mistakes {
                var form = house.dialog("copy")
                form[field] = value
                let response = try await browser.post(house.clonePath, form)
                #expect(response.status.code == status)
                let about = response.text.part(from: "id=\"\(field)-about\"", to: "</div>")
                #expect(about?.contains(words) == true, "\(about ?? "")")
                #expect(response.text.contains("aria-invalid=\"true\""))
            }
        }
    }

    @Test("what is wrong with a disk is said in its row")
    func rows() async throws {
        let house = try House()
        let disk = house.system.id
        try await house.visit { client in
            let browser = try await house.browser(client)
            func row(_ change: [String: String]) async throws -> String {
                let form = house.dialog("copy").merging(change) { $1 }
                let response = try await browser.post(house.clonePath, form)
                #expect(response.status != .ok)
                for name in change.keys {
                    let field = response.text.part(from: " id=\"\(name)\"", to: ">")
                    #expect(field?.contains("aria-invalid=\"true\"") == true, "\(name)")
                }
                return try #require(response.text.part(from: "id=\"plan-\(disk)\"", to: "</div>"))
            }
            let shape = ["disk.\(disk).format": "cow", "disk.\(disk).allocation": "preallocated"]
            #expect(try await row(shape).contains("incompatible with the storage domain type"))
            #expect(
                try await row(["disk.\(disk).alias": "a/b"]).contains("The given name contains")
            )
            #expect(try await row(["disk.\(disk).domain": "x"]).contains("Storage Domain doesn"))
            let second = SetStorageDomainStatus(id: house.second.id, status: .maintenance)
            _ = try house.engine.run(second, as: Session())
            let place = ["disk.\(disk).domain": house.second.id.rawValue]
            #expect(try await row(place).contains("status is maintenance"))
        }
    }

    @Test("policy and MAC addresses have their reasons beside them")
    func others() async throws {
        let house = try House()
        _ = try house.engine.run(AddNIC(vmID: house.vm.id, name: "nic1"), as: Session())
        let snapshot = try house.engine.run(
            CreateSnapshot(vmID: house.vm.id, description: "with a card"),
            as: Session()
        )
        try await house.visit { client in
            let browser = try await house.browser(client)
            let path = "\(House.root)/vms/\(house.vm.id)/snapshots/\(snapshot.id)/clone"
            let form = house.dialog("copy").merging(["shared": "refuse", "keep-mac": "on"]) { $1 }
            let text = try await browser.post(path, form).text
            let policy = try #require(text.part(from: "id=\"shared-about\"", to: "</div>"))
            #expect(policy.contains("Disk shared is shared"))
            let mac = try #require(text.part(from: "id=\"keep-mac-about\"", to: "</div>"))
            #expect(mac.contains("is in use"))
        }
    }

    @Test("a clone is made, its job tells how, and qemu-img finds the snapshot's content")
    func clone() async throws {
        let house = try House()
        let reference = house.directory.path("reference")
        let volume = try house.engine.answer(ShowDisk(id: house.system.id), as: Session()).volumes[
            0
        ]
        try QemuImg.convert(volume.path, from: "qcow2", to: reference)
        try await house.visit { client in
            let browser = try await house.browser(client)
            var form = house.dialog("copy")
            form["disk.\(house.system.id).format"] = "raw"
            form["disk.\(house.system.id).domain"] = house.second.id.rawValue
            form["disk.\(house.system.id).alias"] = "root"
            let response = try await browser.post(house.clonePath, form)
            #expect(response.status == .seeOther)
            let job = try #require(response.headers[.location])
            try await eventually { try await browser.state(of: job) == "Finished" }
            let page = try await browser.get(job).text
            #expect(page.contains("VM copy creation has been completed."))
            #expect(page.contains("Disk gone of snapshot &#39;before&#39; is not part of VM copy"))
        }
        let id = try house.engine.answer(Find.vm("copy"), as: Session())
        let disks = try house.engine.answer(ShowVM(id: id), as: Session()).configuration.disks
        #expect(disks.map(\.disk.alias) == ["root", "shared"])
        #expect(disks.map(\.attachment.isPlugged) == [true, false])
        let copy = try House.path(of: disks[0].disk.id, house.engine)
        #expect(copy.hasPrefix(house.second.path))
        try QemuImg.compare(copy, format: "raw", reference, format: "raw")
    }

    @Test("of a snapshot that was taken while the VM ran, it says that memory is not preserved")
    func memory() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            #expect(!(try await browser.get(house.clonePath).text.contains("memory is not")))
            try house.engine.store.write { database in
                var vm = house.vm
                vm.status = .up
                var snapshot = house.snapshot
                let configuration = try house.engine.answer(
                    GetVmConfigurationBySnapshot(snapshotID: snapshot.id),
                    as: Session()
                )
                snapshot.configuration = try VMConfiguration(
                    of: vm,
                    networkInterfaces: [],
                    disks: configuration.disks,
                    createdAt: snapshot.createdAt
                ).ovf()
                try snapshot.update(database)
            }
            let text = try await browser.get(house.clonePath).text
            #expect(text.contains("Its memory is not preserved"))
        }
    }

    @Test("a boot order that is emptied is none")
    func bootOrder() async throws {
        let house = try House()
        let disk = try house.engine.run(
            AttachmentOrder.disk(of: house),
            as: Session()
        )
        let snapshot = try house.engine.run(
            CreateSnapshot(vmID: house.vm.id, description: "with a boot disk"),
            as: Session()
        )
        try await house.visit { client in
            let browser = try await house.browser(client)
            let path = "\(House.root)/vms/\(house.vm.id)/snapshots/\(snapshot.id)/clone"
            let opened = try await browser.get(path).text
            #expect(opened.contains("name=\"disk.\(disk.id).boot\" value=\"1\""))
            let row = [
                "disk.\(disk.id).row": "1", "disk.\(disk.id).include": "on",
                "disk.\(disk.id).boot": "",
            ]
            let form = house.dialog("copy").merging(row) { $1 }
            #expect(try await browser.post(path, form).status == .seeOther)
        }
        let id = try house.engine.answer(Find.vm("copy"), as: Session())
        let disks = try house.engine.answer(ShowVM(id: id), as: Session()).configuration.disks
        #expect(disks.allSatisfy { $0.attachment.bootOrder == nil })
    }

    @Test("a snapshot of another VM, or none, has no dialog")
    func strangers() async throws {
        let house = try House()
        let other = try house.engine.run(AddVM(name: "other"), as: Session())
        try await house.visit { client in
            let browser = try await house.browser(client)
            for id in [house.snapshot.id.rawValue, "nothing", "%00", "..%2f.."] {
                let path = "\(House.root)/vms/\(other.id)/snapshots/\(id)/clone"
                #expect(try await browser.get(path).status == .notFound)
                #expect(try await browser.post(path, house.dialog("copy")).status == .notFound)
            }
        }
    }
}

/// A disk that the house's VM starts from.
private enum AttachmentOrder {
    static func disk(of house: House) -> AddDisk {
        var command = AddDisk(
            vmID: house.vm.id,
            domainID: house.first.id,
            alias: "boot",
            capacityBytes: House.mebibyte
        )
        command.wish.bootOrder = 1
        return command
    }
}

/// Waits until something holds.
func eventually(_ isTrue: () async throws -> Bool) async throws {
    for _ in 0..<600 {
        if try await isTrue() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("it did not come to pass in 30 seconds")
}

extension String {
    /// What stands between two texts.
    func part(from start: String, to end: String) -> String? {
        guard let first = ranges(of: start).first else { return nil }
        let rest = self[first.upperBound...]
        return rest.ranges(of: end).first.map { String(rest[..<$0.lowerBound]) }
    }
}
