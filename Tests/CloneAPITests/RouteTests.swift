// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CloneAPI

@Suite("Routes of the API")
struct RouteTests {
    @Test("who watches the server is told that it is well")
    func health() async throws {
        let directory = try TemporaryDirectory()
        let router = Router()
        APIRoutes(try Engine(state: directory.path("state"))).add(to: router)
        try await Application(router: router).test(.router) { client in
            let response = try await client.execute(uri: "/health", method: .get)
            #expect(response.status == .ok)
        }
    }
}
