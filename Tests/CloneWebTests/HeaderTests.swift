// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CloneWeb

@Suite("What browsers are told")
struct HeaderTests {
    @Test("every answer has the strict policy, whether page, asset, redirect or error")
    func policy() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let paths = [
                "/vms", "/login", "/vms/nothing", "/nothing/at/all", "/jobs", house.assetPath, "",
            ]
            for path in paths {
                let response = try await browser.get(House.root + path)
                let policy = response.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; "), "\(path)")
                #expect(!policy.contains("unsafe"), "\(path)")
                for part in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
                    #expect(policy.contains(part), "\(path)")
                }
                #expect(response.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(response.headers[.strictTransportSecurity] != nil, "\(path)")
            }
        }
    }

    @Test("pages are kept by nobody, assets for ever under the name of their content")
    func caching() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let page = try await browser.get("\(House.root)/vms")
            #expect(page.headers[.cacheControl] == "no-store")
            for asset in Asset.all {
                #expect(page.text.contains(asset.path) || asset.name == "icon.svg")
                let response = try await client.execute(uri: asset.path, method: .get)
                #expect(response.status == .ok)
                #expect(Array(response.body.readableBytesView) == asset.bytes)
                #expect(response.headers[.cacheControl]?.contains("immutable") == true)
                let tag = try #require(response.headers[.eTag])
                let again = try await client.execute(
                    uri: asset.path,
                    method: .get,
                    headers: [.ifNoneMatch: tag]
                )
                #expect(again.status == .notModified)
                #expect(again.body.readableBytes == 0)
            }
        }
    }

    @Test("nothing comes from elsewhere, and nothing is in the page that the policy forbids")
    func inline() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            for path in ["/vms", "/vms/\(house.vm.id)", "/disks/\(house.system.id)", "/domains"] {
                let text = try await browser.get(House.root + path).text
                for forbidden in [" style=", " onclick=", "<style", "javascript:", "https://"] {
                    #expect(!text.contains(forbidden), "\(path): \(forbidden)")
                }
            }
        }
    }
}

extension House {
    fileprivate var assetPath: String {
        String(Asset.style.path.dropFirst(House.root.count))
    }
}
