// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CloneEngine
@testable import CloneWeb

@Suite("Pages of a large site")
struct CrowdTests {
    private static let maximumBytes = 150 << 10
    private static let maximumSeconds = 0.1

    @Test("with 10,000 VMs no page is above 150 KB, and the first takes less than 100 ms")
    func crowd() async throws {
        let house = try House()
        try fill(house.engine, count: 10_000)
        let pages = [
            "vms", "vms?page=200", "vms?search=node-77*", "disks", "domains", "jobs", "events",
            "users", "users/jane@internal", "users/jane@internal?page=3",
            "vms/\(house.vm.id)/disks/attach",
        ]
        try await house.visit { client in
            let browser = try await house.browser(client)
            for page in pages {
                let response = try await browser.get("\(House.root)/\(page)")
                #expect(response.status == .ok, "\(page)")
                #expect(response.body.readableBytes <= CrowdTests.maximumBytes, "\(page)")
            }
            #expect(try await browser.get("\(House.root)/vms").text.contains("1–50 of 10001"))
            var best = Double.infinity
            // What others do at the same time is not the page's.
            for _ in 0..<10 where best > CrowdTests.maximumSeconds {
                let start = Date()
                _ = try await browser.get("\(House.root)/vms")
                best = min(best, Date().timeIntervalSince(start))
            }
            #expect(best <= CrowdTests.maximumSeconds)
        }
    }

    /// Makes VMs with long descriptions, an event for each, and a role on each.
    private func fill(_ engine: Engine, count: Int) throws {
        try engine.store.write { database in
            for number in 1...count {
                var details = VirtualMachine.Details()
                details.description = String(repeating: "long ", count: 20)
                let vm = VirtualMachine(name: "node-\(number)", details: details, createdAt: Date())
                try vm.insert(database)
                var event = Event(.vmAdded(vm: vm.name, user: "admin@internal"), time: Date())
                try event.insert(database)
                try Permission(userName: "jane@internal", role: .vmOwner, object: .vm(vm.id))
                    .insert(database)
            }
        }
    }
}
