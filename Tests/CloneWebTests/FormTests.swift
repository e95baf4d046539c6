// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CloneWeb

@Suite("What forms do")
struct FormTests {
    /// Sends a form that is accepted, and returns where it leads.
    @discardableResult
    private func send(
        _ browser: Browser,
        _ path: String,
        _ fields: [String: String] = [:]
    ) async throws -> String {
        let page = try await browser.get(path)
        #expect([.ok, .notFound].contains(page.status), "\(path)")
        let response = try await browser.post(path, fields)
        #expect(response.status == .seeOther, "\(path): \(response.text)")
        let place = response.headers[.location] ?? ""
        #expect(try await browser.get(place).status == .ok, "\(place)")
        return place
    }

    @Test("disks are added, adopted, attached, plugged, unplugged and removed")
    func disks() async throws {
        let house = try House()
        let vm = "\(House.root)/vms/\(house.vm.id)"
        let image = house.directory.path("image.qcow2")
        try QemuImg.create(image, size: 1 << 20)
        let other = try house.engine.run(AddVM(name: "other"), as: Session())
        try await house.visit { client in
            let browser = try await house.browser(client)
            let new = [
                "alias": "new", "size": "2", "domain": house.second.id.rawValue, "format": "raw",
                "allocation": "sparse", "interface": "sata", "boot": "1", "plugged": "on",
            ]
            let place = try await send(browser, "\(vm)/disks/new", new)
            #expect(try await browser.get(place).text.contains("The disk was added."))
            let adopted = ["alias": "old", "path": image, "format": "cow"]
            try await send(browser, "\(vm)/disks/adopt", adopted)
            let path = "\(House.root)/vms/\(other.id)/disks/attach"
            try await send(browser, path, ["disk": "shared", "interface": "virtio"])
            try await send(browser, "\(vm)/disks/\(house.system.id)/unplug")
            func disks() throws -> [ConfiguredDisk] {
                try house.engine.answer(ShowVM(id: house.vm.id), as: Session())
                    .configuration.disks
            }
            let all = try disks()
            #expect(all.map(\.disk.alias) == ["new", "old", "shared", "system"])
            #expect(all[0].disk.capacityBytes == 2 << 30)
            #expect(all[0].attachment.interface == .sata)
            #expect(all.map(\.attachment.bootOrder) == [1, nil, nil, nil])
            #expect(all.map(\.attachment.isPlugged) == [true, false, true, false])
            try await send(browser, "\(vm)/disks/\(house.system.id)/plug")
            #expect(try disks()[3].attachment.isPlugged)
            try await send(browser, "\(House.root)/disks/\(all[0].disk.id)/remove")
            #expect(try disks().count == 3)
            let shared = try house.engine.answer(ShowDisk(id: all[2].disk.id), as: Session())
            #expect(shared.vmNames == ["other", "web"])
        }
    }

    @Test("a snapshot is taken and deleted, and the job that merges its layers is shown")
    func snapshots() async throws {
        let house = try House()
        let vm = "\(House.root)/vms/\(house.vm.id)"
        try await house.visit { client in
            let browser = try await house.browser(client)
            try await send(browser, "\(vm)/snapshots/new", ["description": "second one"])
            #expect(try await browser.get("\(vm)/snapshots").text.contains("second one"))
            let path = "\(vm)/snapshots/\(house.snapshot.id)/delete"
            let job = try await send(browser, path)
            try await eventually { try await browser.state(of: job) == "Finished" }
            #expect(!(try await browser.get("\(vm)/snapshots").text.contains(">before<")))
        }
    }

    @Test("a VM is added with a network card, and removed; nothing runs it here")
    func machines() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let fields = ["name": "node", "memory": "2048", "cpus": "4", "firmware": "uefi"]
            let place = try await send(browser, "\(House.root)/vms/new", fields)
            let vm = String(place.split(separator: "?")[0])
            try await send(browser, "\(vm)/network/new", ["name": "nic1", "model": "e1000"])
            let page = try await browser.get(vm).text
            for words in ["2 GiB", "4 (4:1:1)", "UEFI"] { #expect(page.contains(words)) }
            #expect(try await browser.get("\(vm)/network").text.contains("e1000"))
            let start = try await browser.post("\(vm)/start")
            #expect(start.status == .conflict)
            #expect(start.text.contains("There is no hypervisor"))
            try await send(browser, "\(vm)/remove")
            #expect(try await browser.get(vm).status == .notFound)
        }
    }

    @Test("a storage domain is added, taken out of use and into it, and removed")
    func domains() async throws {
        let house = try House()
        let path = house.directory.path("third")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try await house.visit { client in
            let browser = try await house.browser(client)
            let root = "\(House.root)/domains"
            try await send(browser, "\(root)/new", ["name": "third", "path": path])
            let id = try house.engine.answer(Find.domain("third"), as: Session())
            try await send(browser, "\(root)/\(id)/maintenance")
            #expect(try await browser.get(root).text.contains(">Maintenance</span>"))
            try await send(browser, "\(root)/\(id)/activate")
            #expect(!(try await browser.get(root).text.contains(">Maintenance</span>")))
            try await send(browser, "\(root)/\(id)/remove")
            #expect(!(try await browser.get(root).text.contains("third")))
            let used = try await browser.post("\(root)/\(house.first.id)/remove")
            #expect(used.status == .conflict)
        }
    }

    @Test("users come, get roles and passwords, and go")
    func users() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let root = "\(House.root)/users"
            let password = ["password": "a long password", "again": "a long password"]
            try await send(browser, "\(root)/new", ["name": "kim"].merging(password) { $1 })
            let kim = "\(root)/kim@internal"
            let role = ["role": "UserVmManager"]
            try await send(
                browser,
                "\(kim)/permissions",
                role.merging(["kind": "vm", "name": "web"]) { $1 }
            )
            #expect(try await browser.get(kim).text.contains("on VM web"))
            func sees() throws -> Bool {
                let session = Session(userName: "kim@internal")
                return try house.engine.answer(ListVMs(), as: session).count == 1
            }
            #expect(try sees())
            let object = ["object": "vm:\(house.vm.id)"]
            try await send(browser, "\(kim)/permissions/revoke", role.merging(object) { $1 })
            #expect(try !sees())
            let other = ["password": "another password", "again": "another password"]
            try await send(browser, "\(kim)/password", other)
            let token = try await house.engine.logIn(
                "kim@internal",
                password: "another password",
                from: "test"
            )
            #expect(try house.engine.isValid(token))
            try await send(browser, "\(kim)/remove")
            #expect(try !house.engine.isValid(token))
            let own = try await browser.post("\(House.root)/account", other)
            #expect(own.status == .seeOther)
            #expect(try !house.engine.isValid(browser.token))
        }
    }

    @Test(
        "a role is granted on what a name or an id means, and on nothing else",
        arguments: [
            ("vm", "web", "on VM web"), ("disk", "system", "on disk system"),
            ("domain", "first", "on storage domain first"), ("system", "", "on everything"),
            ("vm", "nothing", "There is no VM &#39;nothing&#39;."),
            ("disk", "web", "There is no disk &#39;web&#39;."),
            ("domain", "", "Say which one: its name or its id."),
            ("system", "web", "Everything has no name: empty this, or choose what bears the name."),
        ]
    )
    func permissions(kind: String, name: String, words: String) async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let jane = "\(House.root)/users/jane@internal"
            let form = ["role": "DiskOperator", "kind": kind, "name": name]
            let response = try await browser.post("\(jane)/permissions", form)
            let isGranted = words.hasPrefix("on ")
            #expect((response.status == .seeOther) == isGranted)
            let page = isGranted ? try await browser.get(jane).text : response.text
            #expect(page.contains(words), "\(page)")
            // What was typed stays to be mended, with the reason beside it.
            #expect(page.contains(#"id="name" name="name" value="\#(isGranted ? "" : name)""#))
            let held = try house.engine.answer(ListPermissions(of: "jane@internal"), as: Session())
            #expect(held.count == (isGranted ? 1 : 0))
        }
    }

    @Test("a job is cancelled, and one that has ended is not")
    func jobs() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let slow = house.dialog("slow").merging(["rate": "1"]) { $1 }
            let job = try #require(
                try await browser.post(house.clonePath, slow).headers[.location]
            )
            try await send(browser, "\(job)/cancel")
            try await eventually { try await browser.state(of: job) == "Cancelled" }
            #expect(try await browser.post("\(job)/cancel").status == .conflict)
        }
        #expect(try house.engine.answer(ListVMs(), as: Session()).map(\.name) == ["web"])
    }
}
