// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CloneWeb

@Suite("Forms of strangers")
struct ForgeryTests {
    private let path = "\(House.root)/vms/new"
    private let fields = ["name": "forged", "memory": "64", "cpus": "1", "firmware": "bios"]

    @Test("a form without the session's mark, or with another's, does nothing")
    func marks() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let other = try await house.browser(client)
            let wrong = [
                "", "00", String(repeating: "0", count: 64), String(repeating: "g", count: 64),
                ForgeryToken.value(for: other.token), "é",
                ForgeryToken.value(for: browser.token).dropLast() + "x",
            ]
            for mark in wrong {
                let form = fields.merging([ForgeryToken.field: String(mark)]) { $1 }
                #expect(try await browser.post(path, form).status == .forbidden, "\(mark)")
            }
            #expect(try await browser.post(path, fields).status == .seeOther)
        }
        let vms = try house.engine.answer(ListVMs(), as: Session())
        #expect(vms.map(\.name) == ["forged", "web"])
    }

    private let elsewhere = [
        ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Site", "none"), ("Origin", "https://evil.example"), ("Origin", "null"),
        ("Origin", "https://"), ("Origin", "https://localhost.evil.example"),
    ]

    @Test("a form that another site's page sends does nothing")
    func sites() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            for (name, value) in elsewhere {
                let header = try #require(HTTPField.Name(name))
                let response = try await browser.post(path, fields, [header: value])
                #expect(response.status == .forbidden, "\(name): \(value)")
                let login = try await client.execute(
                    uri: "\(House.root)/login",
                    method: .post,
                    headers: [header: value, .contentType: "application/x-www-form-urlencoded"]
                )
                #expect(login.status == .forbidden, "\(name): \(value)")
            }
        }
        #expect(try house.engine.answer(ListVMs(), as: Session()).count == 1)
    }

    @Test("a body that is no form, or too long a one, is refused")
    func bodies() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let types: HTTPFields = [.contentType: "text/plain"]
            #expect(try await browser.post(path, fields, types).status == .unsupportedMediaType)
            let long = ["name": String(repeating: "x", count: 80 << 10)]
            #expect(try await browser.post(path, long).status == .contentTooLarge)
            let response = try await client.execute(
                uri: path,
                method: .post,
                headers: [
                    .cookie: Browser.cookie(browser.token),
                    .contentType: "application/x-www-form-urlencoded",
                ],
                body: .init(string: "name=%zz")
            )
            #expect(response.status == .badRequest)
        }
    }
}
