// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CloneWeb

@Suite("Pages")
struct PageTests {
    @Test("text that people have written is text, whatever it looks like")
    func escaping() async throws {
        let house = try House()
        let nasty = "<script>alert(1)</script> \"\u{301} onfocus='alert(2)' &amp; {{title}}"
        var details = VirtualMachine.Details()
        details.description = nasty
        let vm = try house.engine.run(AddVM(name: "nasty", details: details), as: Session())
        _ = try house.engine.run(CreateSnapshot(vmID: vm.id, description: nasty), as: Session())
        try await house.visit { client in
            let browser = try await house.browser(client)
            let search = "?search=" + urlEncoded("\"\(nasty)")
            for path in ["/vms", "/vms/\(vm.id)", "/vms/\(vm.id)/snapshots", "/vms\(search)"] {
                let text = try await browser.get(House.root + path).text
                #expect(!text.contains("<script>alert"), "\(path)")
                #expect(text.contains("&lt;script&gt;alert(1)"), "\(path)")
                #expect(text.contains("&quot;\u{301} onfocus"), "\(path)")
                #expect(text.contains("&amp;amp; {{title}}"), "\(path)")
            }
        }
    }

    @Test("a form that the engine refuses says why beside the field, and keeps what was typed")
    func refusals() async throws {
        let house = try House()
        let vm = "\(House.root)/vms/\(house.vm.id)"
        let cases: [(path: String, form: [String: String], field: String, words: String)] = [
            ("\(House.root)/vms/new", ["name": "web"], "name", "already in use"),
            ("\(House.root)/vms/new", ["name": "x", "memory": "x"], "memory", "A VM has 1 MiB"),
            ("\(vm)/snapshots/new", [:], "description", "needs a description"),
            ("\(vm)/disks/new", ["alias": "a b"], "alias", "contains characters"),
            ("\(vm)/disks/adopt", ["alias": "x", "path": "/nothing"], "path", "No such file"),
            ("\(House.root)/domains/new", ["name": "x", "path": "/nothing"], "path", "directory"),
            (
                "\(House.root)/users/new", ["name": "x", "password": "short", "again": "short"],
                "password", "8 to 1024"
            ),
            ("\(House.root)/users/new", ["name": "x", "password": "a"], "again", "not the same"),
        ]
        try await house.visit { client in
            let browser = try await house.browser(client)
            for (path, form, field, words) in cases {
                let response = try await browser.post(path, form)
                #expect([400, 409].contains(response.status.code), "\(path)")
                let about = response.text.part(from: "id=\"\(field)-about\"", to: "</div>")
                #expect(about?.contains(words) == true, "\(path): \(about ?? response.text)")
                if let name = form["name"] {
                    #expect(response.text.contains("name=\"name\" value=\"\(name)\""))
                }
            }
        }
    }

    @Test("a search finds, says what is wrong with it, and leads from page to page")
    func search() async throws {
        let house = try House()
        for number in 1...60 {
            _ = try house.engine.run(AddVM(name: "node-\(number)"), as: Session())
        }
        try await house.visit { client in
            let browser = try await house.browser(client)
            func text(_ search: String) async throws -> String {
                try await browser.get("\(House.root)/vms?\(search)").text
            }
            let found = try await text("search=name%3Dnode-7")
            #expect(found.contains(">node-7<"))
            #expect(found.contains("1–1 of 1"))
            let first = try await text("search=name%3Dnode*")
            #expect(first.contains("1–50 of 60"))
            #expect(first.contains("search=name%3Dnode%2A&amp;page=2"))
            let second = try await text("search=name%3Dnode*&page=2")
            #expect(second.contains("51–60 of 60"))
            #expect(try await text("page=99999999999999999999").contains("–50 of 61"))
            let wrong = try await text("search=colour%3Dred")
            #expect(wrong.contains("id=\"search-error\""))
            #expect(wrong.contains("colour"))
        }
    }

    @Test("a snapshot stands beside the present state, with what differs marked")
    func comparison() async throws {
        let house = try House()
        _ = try house.engine.run(AddNIC(vmID: house.vm.id, name: "nic9"), as: Session())
        let unplug = PlugDisk(diskID: house.system.id, vmID: house.vm.id, isPlugged: false)
        _ = try house.engine.run(unplug, as: Session())
        try await house.visit { client in
            let browser = try await house.browser(client)
            let path = "\(House.root)/vms/\(house.vm.id)/snapshots/\(house.snapshot.id)"
            let text = try await browser.get(path).text
            #expect(text.contains("Removed since"))
            #expect(text.contains("Added since"))
            #expect(text.contains("Changed"))
            #expect(text.contains("unplugged"))
        }
    }

    @Test("a disk's page draws its chain")
    func drawing() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let text = try await browser.get("\(House.root)/disks/\(house.system.id)").text
            // The upper layer's four MiB hide the lower one's two.
            #expect(text.contains("2 layers, a disk of 8 MiB, 4 MiB of data to copy"))
            #expect(text.contains("0 B of 2 MiB visible"))
            #expect(text.contains("4 MiB of 4 MiB visible"))
            #expect(text.contains("snapshot before"))
            // Both parts are full, so that the bars have the whole height.
            for (look, x, y, width) in [("seen", 0, 22, 120), ("covered", 30, 44, 60)] {
                let bar =
                    "<rect class=\"\(look)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"18\"/>"
                #expect(text.contains(bar), "\(bar)")
            }
        }
    }

    @Test("a chain that cannot be read is said to be so, and the page is there")
    func damage() async throws {
        let house = try House()
        try FileDamage.cut(try House.path(of: house.system.id, house.engine))
        try await house.visit { client in
            let browser = try await house.browser(client)
            let response = try await browser.get("\(House.root)/disks/\(house.system.id)")
            #expect(response.status == .ok)
            #expect(response.text.contains("Cannot show disk."))
        }
    }
}

/// Damage to an image's file.
private enum FileDamage {
    static func cut(_ path: String) throws {
        try TestSupport.Command.runSuccessfully("truncate", ["--size=100", path])
    }
}
