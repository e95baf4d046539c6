// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import CloneAPI
@testable import CloneEngine

/// Who may not, gets nothing: every route is asked by those who have no right to it.
@Suite("Guards of all routes")
struct GuardTests {
    /// A document for each kind of body.
    private static func body(of route: Route, _ store: SampleStore) -> String? {
        switch route.body {
        case "vm":
            """
            <vm><name>stolen</name><cluster><name>Default</name></cluster>
            <snapshots><snapshot id="\(store.snapshot.id)"/></snapshots></vm>
            """
        case "action": "<action><vm><name>stolen</name></vm></action>"
        case "snapshot": "<snapshot><description>stolen</description></snapshot>"
        case "nic": "<nic><name>nic9</name></nic>"
        case "disk_attachment":
            """
            <disk_attachment><active>false</active><disk><provisioned_size>1048576</provisioned_size>
            <name>stolen</name><storage_domains><storage_domain id="\(store.domains[0].id)"/>
            </storage_domains></disk></disk_attachment>
            """
        case "storage_domain":
            "<storage_domain><name>stolen</name><storage><path>/tmp</path></storage></storage_domain>"
        case "permission":
            """
            <permission><role><name>SuperUser</name></role>
            <user><user_name>nobody@internal</user_name></user></permission>
            """
        case "disk":
            """
            <disk><name>stolen</name><provisioned_size>1048576</provisioned_size>
            <storage_domains><storage_domain id="\(store.domains[0].id)"/></storage_domains></disk>
            """
        case nil: nil
        case let kind?: fatalError("a document is wanted for bodies that are a \(kind)")
        }
    }

    /// Asks every route, and tells what was answered; but for the stream, which has no end for those
    /// who may listen.
    private func walk(
        _ store: SampleStore,
        _ client: APIClient,
        withStream hasStream: Bool
    ) async throws -> [(Route, APIClient.Reply)] {
        var replies: [(Route, APIClient.Reply)] = []
        let parameters = try store.parameters()
        for route in RouteTable.all.routes where hasStream || route.path != "events/stream" {
            let address = store.address(of: route, parameters)
            let body = GuardTests.body(of: route, store)
            replies.append((route, try await client.ask(route.method, address, body)))
        }
        return replies
    }

    /// All that is in the store but accounts and tokens, as text.
    private func content(of store: SampleStore) throws -> String {
        try store.engine.store.read { database in
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).filter { !["account", "accessToken"].contains($0) }
            return try tables.map { table in
                let rows = try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\"")
                return "\(table): \(rows.map(\.description).sorted())"
            }.joined(separator: "\n")
        }
    }

    @Test("all that needs no login is what is meant to; the rest is in the table that is walked")
    func open() throws {
        let router = Router()
        APIRoutes(try EmptyStore().engine).add(to: router)
        let others = router.routes.filter { !"\($0.path)".hasPrefix("/ovirt-engine/api") }
        let open: Set = [
            "GET /health", "GET /ovirt-engine/services/health",
            "GET /ovirt-engine/services/pki-resource", "GET /ovirt-engine/sso/oauth/token",
            "POST /ovirt-engine/sso/oauth/token", "POST /ovirt-engine/services/sso-logout",
            "POST /ovirt-engine/sso/oauth/revoke",
        ]
        // Metrics want a login; both walks ask for them.
        #expect(Set(others.map(\.description)).subtracting(open) == ["GET /metrics"])
    }

    @Test("nobody, a wrong token, an expired one and one that was taken back get 401 everywhere")
    func strangers() async throws {
        let store = try SampleStore()
        let before = try content(of: store)
        let (old, gone) = try (
            store.engine.makeToken(of: "admin@internal"),
            store.engine.makeToken(of: "admin@internal")
        )
        try store.engine.logOut(gone)
        try store.engine.store.write { database in
            try database.execute(
                sql: "UPDATE accessToken SET expiresAt = ?",
                arguments: [Date(timeIntervalSinceNow: -1)]
            )
        }
        let shown = [
            nil, "", "Bearer", "Bearer x", "Bearer \(old)", "Bearer \(gone)", "Digest x",
            "Basic !", "Basic " + Data("admin@internal".utf8).base64EncodedString(),
        ]
        try await APIClient.test(store, as: nil) { client in
            for authorization in shown {
                var client = client
                client.authorization = authorization
                for (route, reply) in try await walk(store, client, withStream: true) {
                    #expect(reply.status == 401, "\(route.method) \(route.path)")
                    #expect(reply.document?["reason"] != nil)
                    #expect(reply.headers[.wwwAuthenticate]?.isEmpty == false)
                }
                // What is not there is not told either.
                #expect(try await client.get("nothing/here").status == 401)
            }
            #expect(try await client.get("/metrics").status == 401)
        }
        #expect(try content(of: store) == before)
    }

    @Test("a user without a permission sees nothing, and changes nothing")
    func underprivileged() async throws {
        let store = try SampleStore(users: ["nobody@internal": nil, "admin@internal": nil])
        let before = try content(of: store)
        let secrets =
            [
                "myvm", "mysnap", "archive", "fast", "system\"", "admin@internal",
                store.vm.id.rawValue, store.snapshot.id.rawValue,
            ] + [store.data, store.system].map(\.id.rawValue) + store.domains.map(\.id.rawValue)
        try await APIClient.test(store, as: "nobody@internal") { client in
            for (route, reply) in try await walk(store, client, withStream: false) {
                let name = "\(route.method) \(route.path)"
                if route.method == .get {
                    #expect([200, 403, 404].contains(reply.status), "\(name): \(reply.status)")
                } else {
                    #expect([403, 404].contains(reply.status), "\(name): \(reply.text)")
                }
                guard route.path != "openapi.json", reply.status == 200 else { continue }
                for secret in secrets {
                    #expect(!reply.text.contains(secret), "\(name) tells of \(secret)")
                }
            }
            #expect(try await client.get("/metrics").status == 403)
        }
        #expect(try content(of: store) == before)
    }

    @Test("the stream tells a user of what he has a role on, and of nothing else")
    func stream() async throws {
        let store = try SampleStore(users: ["owner@internal": nil])
        let other = try store.engine.run(AddVM(name: "other"), as: Session())
        try store.grant(.vmOwner, to: "owner@internal", on: .vm(other.id))
        let session = Session(userName: "owner@internal")
        let (route, parameters) = try RouteTable.all.route(.get, ["events", "stream"])
        let call = Call(
            engine: store.engine,
            session: session,
            parameters: parameters,
            query: FormFields("from=0"),
            headers: [:],
            body: nil
        )
        guard case .other(_, let body) = try await Workers.answer(call, by: route).content else {
            Issue.record("it is no stream")
            return
        }
        let listener = Listener()
        await #expect(throws: Listener.HasHeard.self) { try await body.write(listener) }
        let text = listener.text.withLock { $0 }
        #expect(text.contains("VM other was created"))
        #expect(!text.contains("myvm") && !text.contains("mysnap"), "\(text)")
    }

    @Test("with Filter: true an administrator sees what he has a role on, and owns what he makes")
    func filter() async throws {
        let store = try SampleStore()
        try await APIClient.test(store) { client in
            let isFiltered: HTTPFields = [.filter: "true"]
            for path in ["vms", "disks", "storagedomains"] {
                #expect(try await client.get(path, isFiltered).document?.children == [])
                #expect(try await client.get(path).document?.children.isEmpty == false)
            }
            let clone = """
                <vm><name>mine</name><cluster><name>Default</name></cluster>
                <snapshots><snapshot id="\(store.snapshot.id)"/></snapshots></vm>
                """
            #expect(try await client.ask(.post, "vms", clone, isFiltered).status == 404)
            try store.grant(.user, to: "admin@internal", on: .vm(store.vm.id))
            var headers = isFiltered
            headers[.expect] = "201-created"
            let made = try await client.ask(.post, "vms", clone, headers)
            #expect(made.status == 201, "\(made.text)")
            let vms = try await client.get("vms", isFiltered).document?.children ?? []
            #expect(vms.map { $0.text("name") } == ["mine", "myvm"])
            let id = try #require(made.document?.id)
            let roles = try await client.get("vms/\(id)/permissions?follow=role", isFiltered)
            let names = roles.document?.children.map { $0["role"]?.text("name") }
            #expect(names == [Permission.Role.vmOwner.rawValue])
        }
    }

    @Test("who owns a VM sees it and what belongs to it, and clones it where he may make disks")
    func owner() async throws {
        let store = try SampleStore(users: ["owner@internal": nil])
        try store.grant(.vmOwner, to: "owner@internal", on: .vm(store.vm.id))
        _ = try store.engine.run(AddVM(name: "other"), as: Session())
        let body = """
            <vm><name>mine</name><cluster><name>Default</name></cluster>
            <snapshots><snapshot id="\(store.snapshot.id)"/></snapshots></vm>
            """
        try await APIClient.test(store, as: "owner@internal") { client in
            let vms = try await client.get("vms").document?.children ?? []
            #expect(vms.map { $0.text("name") } == ["myvm"])
            let disks = try await client.get("disks").document?.children ?? []
            #expect(disks.count == 2)
            #expect(try await client.get("vms/\(store.vm.id)/snapshots").status == 200)
            // He may make no disks anywhere, so far.
            let refused = try await client.ask(.post, "vms", body)
            #expect(refused.fault == "403 [User is not authorized to perform this action.]")
            try store.grant(.powerUser, to: "owner@internal", on: .system)
            let reply = try await client.ask(.post, "vms", body, [.expect: "201-created"])
            #expect(reply.status == 201, "\(reply.text)")
            #expect(reply.document?.text("status") == "down")
            let all = try await client.get("vms").document?.children ?? []
            #expect(all.map { $0.text("name") } == ["mine", "myvm"])
        }
    }
}

/// Listens to a stream until it tells of an event.
private final class Listener: ResponseBodyWriter {
    struct HasHeard: Error {}

    let text = Mutex("")

    func write(_ buffer: ByteBuffer) async throws {
        let all = text.withLock { text in
            text += String(buffer: buffer)
            return text
        }
        if all.contains("event: ") { throw HasHeard() }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
