// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CloneWeb

@Suite("The server's address")
struct RootTests {
    @Test("who opens the server's address is led to the pages")
    func root() async throws {
        let directory = try TemporaryDirectory()
        let router = Router()
        WebRoutes(try Engine(state: directory.path("state"))).add(to: router)
        try await Application(router: router).test(.router) { client in
            let response = try await client.execute(uri: "/", method: .get)
            #expect(response.headers[.location] == "/ovirt-engine/webadmin/vms")
        }
    }
}
