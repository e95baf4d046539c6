// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import HTTPTypes
import Testing

@testable import CloneAPI
@testable import CloneEngine

@Suite("Routes of the API")
struct RouteTests {
    @Test("who watches the server learns how it is, and new clients get the authority")
    func services() async throws {
        try await APIClient.test(EmptyStore()) { client in
            #expect(try await client.get("/health").status == 200)
            let path = "/ovirt-engine/services/pki-resource"
            let query = "?resource=ca-certificate&format=X509-PEM-CA"
            let authority = try await client.get(path + query)
            #expect(authority.status == 200)
            #expect(authority.text.hasPrefix("-----BEGIN CERTIFICATE-----"))
            #expect(try await client.get(path + "?resource=other").status == 404)
            let metrics = try await client.get("/metrics")
            #expect(metrics.status == 200)
            #expect(metrics.text.contains("\nclone_vm_vms 0\n"))
        }
    }

    @Test("the description of the API in docs is the one that is served; UPDATE_GOLDEN=1 writes it")
    func description() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("docs/openapi.json")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try OpenAPIDocument.data.write(to: file)
        }
        try await APIClient.test(EmptyStore()) { client in
            let reply = try await client.get("openapi.json")
            let known = try? Data(contentsOf: file)
            #expect(reply.body == known, "\(file.path)")
        }
    }

    @Test(
        "an answer is what the client takes",
        arguments: [
            (nil, "application/xml"), ("*/*", "application/xml"),
            ("application/xml", "application/xml"), ("text/xml", "application/xml"),
            ("application/json", "application/json"),
            ("application/json, */*", "application/json"),
            ("application/json;q=0.5, application/xml", "application/xml"),
            ("application/xml;q=0.1, application/json", "application/json"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
            ("text/html", nil), ("application/xml;q=0", nil),
        ] as [(String?, String?)]
    )
    func negotiation(accept: String?, type: String?) async throws {
        try await APIClient.test(EmptyStore()) { client in
            let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
            let reply = try await client.get("vms", headers)
            #expect(reply.status == (type == nil ? 406 : 200))
            if let type { #expect(reply.headers[.contentType]?.hasPrefix(type) == true) }
        }
    }

    @Test("a name and its password do instead of a token, and leave none behind")
    func basic() async throws {
        let store = try EmptyStore()
        try await APIClient.test(store, as: nil) { client in
            var client = client
            let pair = Data("admin@internal:\(SampleStore.password)".utf8)
            client.authorization = "Basic \(pair.base64EncodedString())"
            let reply = try await client.get("vms")
            #expect(reply.status == 200)
        }
        let tokens = try store.engine.store.read { try AccessToken.fetchCount($0) }
        #expect(tokens == 0)
    }

    @Test("links are followed, as deep as they are named, for one thing and for all of a list")
    func following() async throws {
        let store = try SampleStore()
        try await APIClient.test(store) { client in
            let path = "vms?follow=disk_attachments.disk,nics,cluster,nothing"
            let vm = try await client.get(path).document?.children.first
            let attachments = vm?.items("disk_attachments", "disk_attachment") ?? []
            #expect(
                Set(attachments.compactMap { $0["disk"]?.text("alias") }) == ["data", "system"]
            )
            #expect(vm?.items("nics", "nic").first?.text("name") == "nic1")
            #expect(vm?["cluster"]?.text("name") == "Default")
            let list = try await client.get("vms/\(store.vm.id)/diskattachments?follow=disk")
            #expect(list.document?.children.allSatisfy { $0["disk"]?["alias"] != nil } == true)
            let tooMany = String(repeating: "nics,", count: 40)
            #expect(try await client.get("vms?follow=\(tooMany)").status == 400)
            // Ansible asks so.
            #expect(try await client.get("vms?follow=").status == 200)
        }
    }

    @Test("a correlation id comes back, and leads to what the request has caused")
    func correlation() async throws {
        try await APIClient.test(EmptyStore()) { client in
            let body = "<vm><name>x</name><cluster><name>Default</name></cluster></vm>"
            let reply = try await client.ask(.post, "vms?correlation_id=corr-1", body)
            #expect(reply.status == 201)
            #expect(reply.headers[.correlationID] == "corr-1")
            let events = try await client.get("events?search=correlation_id%3Dcorr-1")
            #expect(events.document?.children.map { $0.text("code") } == ["34"])
            let long = String(repeating: "x", count: 51)
            #expect(try await client.get("vms?correlation_id=\(long)").status == 400)
        }
    }

    @Test(
        "addresses that are none, ways that are none, and bodies that are too large are refused",
        arguments: [
            (.get, "nothing", nil, 404), (.delete, "vms", nil, 405), (.patch, "vms", nil, 405),
            (.post, "vms", String(repeating: " ", count: 1 << 21), 413),
            (.post, "vms", "<disk/>", 400), (.post, "vms", nil, 400),
            (.get, "vms?max=x", nil, 400), (.get, "vms?search=nofield%3D1", nil, 400),
            (.get, "vms?search=page+0", nil, 400), (.get, "v4/vms", nil, 200),
            (.get, "vms?max=-1", nil, 200), (.get, "vms/", nil, 200),
        ] as [(HTTPRequest.Method, String, String?, Int)]
    )
    func bounds(
        method: HTTPRequest.Method,
        path: String,
        body: String?,
        status: Int
    ) async throws {
        try await APIClient.test(EmptyStore()) { client in
            let reply = try await client.ask(method, path, body)
            #expect(reply.status == status, "\(reply.text)")
        }
    }

    @Test("a document that is neither XML nor JSON is refused")
    func mediaType() async throws {
        try await APIClient.test(EmptyStore()) { client in
            let reply = try await client.ask(.post, "vms", "x", [.contentType: "text/plain"])
            #expect(reply.status == 415)
        }
    }

    @Test("disks are made, plugged, unplugged, detached and removed")
    func attachments() async throws {
        let store = try SampleStore()
        let base = "vms/\(store.vm.id)/diskattachments"
        let body = """
            <disk_attachment><interface>virtio_scsi</interface><active>true</active><disk>
            <name>more</name><provisioned_size>1048576</provisioned_size><format>raw</format>
            <storage_domains><storage_domain><name>archive</name></storage_domain></storage_domains>
            </disk></disk_attachment>
            """
        try await APIClient.test(store) { client in
            let made = try await client.ask(.post, base, body)
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.document?.id)
            #expect(made.document?.text("active") == "true")
            #expect(
                try await client.ask(.post, "\(base)/\(id)/deactivate", "<action/>").status == 200
            )
            #expect(try await client.get("\(base)/\(id)").document?.text("active") == "false")
            let plugged = "<disk_attachment><active>true</active></disk_attachment>"
            #expect(
                try await client.ask(.put, "\(base)/\(id)", plugged).document?.text("active")
                    == "true"
            )
            #expect(try await client.ask(.delete, "\(base)/\(id)").status == 200)
            #expect(try await client.get("\(base)/\(id)").status == 404)
            #expect(try await client.get("disks/\(id)").status == 200)
            let again = "<disk_attachment><disk id='\(id)'/></disk_attachment>"
            #expect(try await client.ask(.post, base, again).status == 201)
            #expect(try await client.ask(.delete, "\(base)/\(id)?detach_only=false").status == 200)
            #expect(try await client.get("disks/\(id)").status == 404)
        }
    }

    @Test("a disk is made that no VM has, and removed")
    func freeDisk() async throws {
        let body = """
            <disk><name>spare</name><provisioned_size>1048576</provisioned_size><format>raw</format>
            <storage_domains><storage_domain><name>archive</name></storage_domain></storage_domains>
            </disk>
            """
        let store = try SampleStore()
        try await APIClient.test(store) { client in
            let made = try await client.ask(.post, "disks", body)
            #expect(made.status == 202, "\(made.text)")
            let id = try #require(made.document?.id)
            let disk = try await client.get("disks/\(id)").document
            #expect(disk?.text("alias") == "spare" && disk?.text("status") == "ok")
            #expect(disk?.text("format") == "raw" && disk?.text("provisioned_size") == "1048576")
            let domain = disk?.items("storage_domains", "storage_domain").first?.id
            #expect(domain == store.domains[1].id.rawValue)
            #expect(try await client.ask(.delete, "disks/\(id)").status == 200)
            #expect(try await client.get("disks/\(id)").status == 404)
            let nothing = try await client.ask(.post, "disks", "<disk><name>spare</name></disk>")
            #expect(
                nothing.fault == "400 Disk [provisioned_size, storage_domains] required for add"
            )
        }
        #expect(try store.engine.check() == [])
    }

    @Test(
        "a VM's present state is cloned, at once or later, and no snapshot of it stays",
        arguments: [false, true]
    )
    func presentState(isAsync: Bool) async throws {
        let store = try SampleStore()
        let path = "vms/\(store.vm.id)"
        try await APIClient.test(store) { client in
            let before = try await client.get("\(path)/snapshots").document?.children.count
            let body = "<action><async>\(isAsync)</async><vm><name>twin</name></vm></action>"
            let reply = try await client.ask(.post, "\(path)/clone", body)
            #expect(reply.status == (isAsync ? 202 : 200), "\(reply.text)")
            #expect(reply.document?.text("status") == (isAsync ? "pending" : "complete"))
            while try await client.get("\(path)/snapshots").document?.children.count != before {
                #expect(isAsync)
                try await Task.sleep(for: .milliseconds(50))
            }
            let twin = try await client.get("vms?search=name%3Dtwin").document?.children.first
            #expect(twin?.text("status") == "down")
            let id = try #require(twin?.id)
            let disks = try await client.get("vms/\(id)/diskattachments").document?.children
            #expect(disks?.count == 2)
            let again = try await client.ask(.post, "\(path)/clone", body)
            #expect(again.status == 409 && again.fault.contains("The VM name is already in use"))
            #expect(
                try await client.get("\(path)/snapshots").document?.children.count == before
            )
        }
        #expect(try store.engine.check() == [])
    }

    @Test("the making of a VM is followed by its link: in progress, complete, failed")
    func creationStatus() async throws {
        let store = try SampleStore()
        try await APIClient.test(store) { client in
            for (name, rate) in [("quick", ""), ("slow", "?bytes_per_second=1000")] {
                let body = """
                    <vm><name>\(name)</name><cluster><name>Default</name></cluster>
                    <snapshots><snapshot id="\(store.snapshot.id)"/></snapshots></vm>
                    """
                let clone = try await client.ask(.post, "vms\(rate)", body)
                #expect(clone.document?.text("creation_status") == "pending")
                let link = clone.document?.children.first {
                    $0.attribute("rel") == "creation_status"
                }
                let href = try #require(link?.href)
                func status() async throws -> String? {
                    try await client.get(href).document?.text("status")
                }
                if name == "slow" {
                    #expect(try await status() == "in_progress")
                    let job = try #require(href.split(separator: "/").last)
                    _ = try await client.ask(.post, "jobs/\(job)/cancel", "<action/>")
                }
                while try await status() == "in_progress" {
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(try await status() == (name == "slow" ? "failed" : "complete"))
            }
        }
    }

    @Test(
        "a clone starts from the disk that is said to be bootable, and from none that is said not"
    )
    func bootable() async throws {
        let store = try SampleStore()
        let attachment = "vms/\(store.vm.id)/diskattachments/\(store.system.id)"
        @Sendable func body(_ name: String, _ isBootable: Bool) -> String {
            """
            <vm><name>\(name)</name><cluster><name>Default</name></cluster>
            <snapshots><snapshot id="\(store.snapshot.id)"/></snapshots><disk_attachments>
            <disk_attachment><bootable>\(isBootable)</bootable><disk id="\(store.system.id)"/>
            </disk_attachment></disk_attachments></vm>
            """
        }
        try await APIClient.test(store) { client in
            #expect(try await client.get(attachment).document?.text("bootable") == "false")
            for (name, isBootable) in [("starts", true), ("does-not", false)] {
                let clone = try await client.ask(
                    .post,
                    "vms",
                    body(name, isBootable),
                    [.expect: "201-created"]
                )
                let id = try #require(clone.document?.id)
                let disks = try await client.get("vms/\(id)/diskattachments").document?.children
                let words = Set(disks?.compactMap { $0.text("bootable") } ?? [])
                #expect(words == (isBootable ? ["true", "false"] : ["false"]))
            }
        }
    }

    @Test("a user and a card are removed")
    func removals() async throws {
        let store = try SampleStore(users: ["admin@internal": nil, "guest@internal": nil])
        let cards = "vms/\(store.vm.id)/nics"
        try await APIClient.test(store) { client in
            let card = try #require(try await client.get(cards).document?.children.first?.id)
            #expect(try await client.ask(.delete, "\(cards)/\(card)").status == 200)
            #expect(try await client.get("\(cards)/\(card)").status == 404)
            #expect(try await client.ask(.delete, "\(cards)/\(card)").status == 404)
            let users = try await client.get("users?search=usrname%3Dguest%40internal-authz")
                .document?.children
            let user = try #require(users?.first?.id)
            #expect(try await client.ask(.delete, "users/\(user)").status == 200)
            #expect(try await client.get("users/\(user)").status == 404)
            #expect(try await client.ask(.delete, "users/\(user)").status == 404)
        }
    }

    @Test("a VM is changed, a card is added, and a domain is taken out of use and into use again")
    func changes() async throws {
        let store = try SampleStore()
        let domain = "datacenters/\(Constants.dataCenterID)/storagedomains/\(store.domains[1].id)"
        let change = "<vm><name>renamed</name><memory>2147483648</memory></vm>"
        let card = """
            <nic><name>nic2</name><interface>e1000</interface><network><name>lan</name></network></nic>
            """
        try await APIClient.test(store) { client in
            let vm = try await client.ask(.put, "vms/\(store.vm.id)", change)
            #expect(vm.document?.text("name") == "renamed")
            #expect(vm.document?.text("memory") == "2147483648")
            let nic = try await client.ask(.post, "vms/\(store.vm.id)/nics", card)
            #expect(nic.document?.text("interface") == "e1000")
            let networks = try await client.get("networks").document?.children ?? []
            #expect(networks.map { $0.text("name") } == ["lan", "ovirtmgmt"])
            #expect(try await client.ask(.post, "\(domain)/deactivate", "<action/>").status == 200)
            #expect(try await client.get(domain).document?.text("status") == "maintenance")
            #expect(try await client.ask(.post, "\(domain)/activate", "<action/>").status == 200)
        }
    }

    @Test("a role is given and taken back")
    func permissions() async throws {
        let store = try SampleStore(users: ["admin@internal": nil, "reader@internal": nil])
        let base = "vms/\(store.vm.id)/permissions"
        let body = """
            <permission><role><name>UserRole</name></role>
            <user><user_name>reader@internal</user_name></user></permission>
            """
        try await APIClient.test(store) { client in
            let made = try await client.ask(.post, base, body)
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.document?.id)
            #expect(try await client.get("\(base)/\(id)").status == 200)
            #expect(try await client.ask(.delete, "\(base)/\(id)").status == 200)
            #expect(try await client.get("\(base)/\(id)").status == 404)
        }
    }
}
