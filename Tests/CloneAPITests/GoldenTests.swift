// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import CloneAPI
@testable import CloneEngine

/// The XML of every resource, compared with files that people have read.
///
/// With UPDATE_GOLDEN=1 in the environment the files are written anew.
@Suite("Golden files")
struct GoldenTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("Golden")

    @Test("every resource looks as its file says")
    func resources() async throws {
        let store = try SampleStore()
        try store.grant(.user, to: "admin@internal", on: .vm(store.vm.id))
        let job = try store.engine.start(
            CloneVMFromSnapshot(snapshotID: store.snapshot.id, name: "clone"),
            as: Session(correlationID: "golden")
        )
        try await job.finish()
        var parameters = try store.parameters()
        parameters["job"] = job.job.id.rawValue
        let entry = try store.engine.answer(ShowJob(id: job.job.id), as: Session())
        parameters["step"] = entry.steps[0].id.rawValue
        parameters["permission"] = "none"
        let known = parameters
        try await APIClient.test(store) { client in
            for route in RouteTable.all.routes where route.method == .get {
                guard !["events/stream", "openapi.json"].contains(route.path),
                    !route.path.hasSuffix("{permission}")
                else { continue }
                let reply = try await client.get(store.address(of: route, known))
                #expect(reply.status == 200, "\(route.path): \(reply.status)")
                #expect(reply.headers[.contentType] == "application/xml;charset=UTF-8")
                try compare(reply.text, store, with: name(of: route))
            }
        }
    }

    @Test("every address that a document has leads to something, but for those of actions")
    func links() async throws {
        let store = try SampleStore()
        try store.grant(.user, to: "admin@internal", on: .vm(store.vm.id))
        let wish = CloneVMFromSnapshot(snapshotID: store.snapshot.id, name: "clone")
        try await store.engine.start(wish, as: Session()).finish()
        try await APIClient.test(store) { client in
            var (known, unvisited): (Set, [String]) = ([Address.base], [Address.base])
            while let address = unvisited.popLast() {
                let reply = try await client.get(address)
                #expect(reply.status == 200, "\(address)")
                let found = Set(reply.document?.addresses ?? []).subtracting(known)
                known.formUnion(found)
                unvisited += found
            }
            #expect(known.count > 100)
        }
    }

    @Test("faults, a clone that was started, and a clone's plan look as their files say")
    func answers() async throws {
        let store = try SampleStore()
        try await APIClient.test(store) { client in
            let fault = try await client.ask(.post, "vms", "<vm/>")
            try compare(fault.text, store, with: "fault")
            let body = """
                <vm><name>new</name><cluster><name>Default</name></cluster>
                <snapshots><snapshot id="\(store.snapshot.id)"/></snapshots></vm>
                """
            let plan = try await client.ask(.post, "vms/plan", body)
            try compare(plan.text, store, with: "vms-plan")
            let clone = try await client.ask(.post, "vms", body)
            #expect(clone.status == 202)
            try compare(clone.text, store, with: "vms-POST")
        }
    }

    private func name(of route: Route) -> String {
        route.path.isEmpty ? "api" : route.path.replacing("/", with: "-")
    }

    private func compare(_ text: String, _ store: SampleStore, with name: String) throws {
        var shown = normal(text, store)
        if name.hasPrefix("hosts") {
            shown = shown.replacing(">\(ProcessInfo.processInfo.hostName)<", with: ">HOST<")
        }
        let file = GoldenTests.directory.appendingPathComponent("\(name).xml")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: GoldenTests.directory,
                withIntermediateDirectories: true
            )
            try shown.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try? String(contentsOf: file, encoding: .utf8)
        #expect(shown == expected, "\(file.path); to take it: UPDATE_GOLDEN=1")
    }

    /// The text without what is another one each time: ids, times, sizes of this machine, and paths.
    private func normal(_ text: String, _ store: SampleStore) -> String {
        var result = text.replacing(store.directory.path, with: "DIRECTORY")
        result.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "TIME")
        result.replace(/[0-9a-f]{2}(:[0-9a-f]{2}){5}/, with: "MAC")
        for name in ["available", "used", "actual_size", "total_size"] {
            guard let number = try? Regex("<\(name)>\\d+<") else { continue }
            result.replace(number, with: "<\(name)>BYTES<")
        }
        result.replace(/correlation_id>[0-9a-f]{8}</, with: "correlation_id>CHOSEN<")
        result.replace(/required_space>\d+</, with: "required_space>BYTES<")
        var ids: [String: String] = [:]
        let fixed = "0f3a3c2e-6d3b-4d6e-9d0a-3b1d5c7a9e0"
        result.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) { match in
            let id = String(match.output.0)
            if id.hasPrefix(fixed) || id == Constants.blankTemplateID { return id }
            let name = ids[id] ?? "ID-\(ids.count + 1)"
            ids[id] = name
            return name
        }
        return result
    }
}

extension Element {
    /// All addresses in it that can be looked at.
    fileprivate var addresses: [String] {
        guard name != "actions" else { return [] }
        return [href].compactMap { $0 } + children.flatMap(\.addresses)
    }
}
