// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CloneWeb

@Suite("Logging in and out")
struct LoginTests {
    private func logIn(
        _ client: any TestClientProtocol,
        _ user: String,
        _ password: String,
        next: String = ""
    ) async throws -> TestResponse {
        try await client.execute(
            uri: "\(House.root)/login",
            method: .post,
            headers: [.contentType: "application/x-www-form-urlencoded"],
            body: .init(
                string: Browser.encoded(["user": user, "password": password, "next": next])
            )
        )
    }

    @Test("the right password gives a cookie that scripts, other sites and HTTP do not get")
    func cookie() async throws {
        let house = try House()
        try await house.visit { client in
            for name in ["admin", "admin@internal"] {
                let response = try await logIn(client, name, House.password)
                #expect(response.status == .seeOther)
                #expect(response.headers[.location] == "\(House.root)/vms")
                let cookie = try #require(response.headers[.setCookie])
                #expect(cookie.hasPrefix("__Host-clone-vm="))
                for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
                    #expect(cookie.contains(part), "\(cookie)")
                }
                #expect(!cookie.contains("Domain"))
            }
        }
    }

    @Test("on plain HTTP the cookie has a name that needs no TLS")
    func plain() async throws {
        let house = try House(isSecure: false)
        try await house.visit { client in
            let response = try await logIn(client, "admin", House.password)
            let cookie = try #require(response.headers[.setCookie])
            #expect(cookie.hasPrefix("clone-vm="))
            #expect(!cookie.contains("Secure"))
            #expect(response.headers[.strictTransportSecurity] == nil)
        }
    }

    @Test("a wrong name or password says the same, and the password is not sent back")
    func wrong() async throws {
        let house = try House()
        try await house.visit { client in
            let tries = [("admin", "wrong password"), ("nobody", House.password), ("", "")]
            for (user, password) in tries {
                let response = try await logIn(client, user, password)
                #expect(response.status == .unauthorized)
                #expect(response.headers[.setCookie] == nil)
                #expect(response.text.contains("The user name or password is incorrect."))
                #expect(password.isEmpty || !response.text.contains(password))
            }
        }
    }

    @Test(
        "after the login only pages of this site are gone to",
        arguments: [
            "https://evil.example/", "//evil.example", "/\\evil.example", "/ovirt-engine/api",
            "/ovirt-engine/webadmin//evil", "javascript:alert(1)", "/ovirt-engine/webadmin/\n",
        ]
    )
    func places(next: String) async throws {
        #expect(LoginModel.place(next) == "\(House.root)/vms")
    }

    @Test("after the login one is where one wanted to be")
    func wanted() async throws {
        let house = try House()
        try await house.visit { client in
            let place = "\(House.root)/vms?search=status%3Dup"
            let response = try await logIn(client, "admin", House.password, next: place)
            #expect(response.headers[.location] == place)
        }
    }

    @Test("logging out ends the session on the server")
    func logOut() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            let response = try await browser.post("\(House.root)/logout")
            #expect(response.status == .seeOther)
            #expect(response.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try house.engine.isValid(browser.token) == false)
        }
    }
}
