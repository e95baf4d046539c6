// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CloneWeb

@Suite("Who may see what")
struct GateTests {
    /// All paths of the pages but those that anybody may see, with ids in the place of parameters.
    private func routes(of house: House) -> [(method: HTTPRequest.Method, path: String)] {
        let open = ["/login", "/assets"]
        return house.router.routes.compactMap { route in
            var path = route.path.description
            if !path.hasPrefix("/") { path = "/" + path }
            guard path.hasPrefix(House.root + "/"), !path.hasSuffix("**"),
                !open.contains(where: { path.hasPrefix(House.root + $0) })
            else { return nil }
            let ids = [
                "vm": house.vm.id.rawValue, "snapshot": house.snapshot.id.rawValue,
                "disk": house.system.id.rawValue, "domain": house.first.id.rawValue,
                "job": "0", "user": "admin@internal",
            ]
            for (name, id) in ids { path = path.replacing("{\(name)}", with: id) }
            for (name, id) in ids { path = path.replacing(":\(name)", with: id) }
            return (route.method, path)
        }
    }

    @Test("without a session a page leads to the login, and a form does nothing")
    func stranger() async throws {
        let house = try House()
        let all = routes(of: house)
        #expect(all.count > 50)
        try await house.visit { client in
            for (method, path) in all {
                for cookie in [nil, Browser.cookie("wrong"), "__Host-clone-vm="] {
                    var headers: HTTPFields = [.accept: "text/html"]
                    headers[.cookie] = cookie
                    headers[.contentType] = "application/x-www-form-urlencoded"
                    let response = try await client.execute(
                        uri: path,
                        method: method,
                        headers: headers
                    )
                    if method == .get {
                        #expect(response.status == .seeOther, "\(path)")
                        let place = response.headers[.location] ?? ""
                        #expect(place.hasPrefix("\(House.root)/login?next="), "\(path)")
                    } else {
                        #expect(response.status == .unauthorized, "\(path)")
                    }
                    #expect(!response.text.contains("web"), "\(path)")
                }
            }
        }
        #expect(try house.engine.answer(ShowVM(id: house.vm.id), as: Session()).vm.name == "web")
    }

    @Test("a session that has ended leads to the login, and streams are refused")
    func ended() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            #expect(try await browser.get("\(House.root)/vms").status == .ok)
            try house.engine.logOut(browser.token)
            let page = try await browser.get("\(House.root)/vms?page=2")
            #expect(page.status == .seeOther)
            #expect(
                page.headers[.location]
                    == "\(House.root)/login?next=%2Fovirt%2Dengine%2Fwebadmin%2Fvms%3Fpage%3D2&expired=1"
            )
            let stream = try await browser.get("\(House.root)/vms", accept: "text/event-stream")
            #expect(stream.status == .unauthorized)
        }
    }

    @Test("who has no permission sees nothing of others' and changes nothing")
    func nobody() async throws {
        let house = try House()
        let all = routes(of: house)
        let harmless = ["/vms/new", "/vms/name-check", "/account", "/logout"]
        try await house.visit { client in
            let browser = try await house.browser(client, as: "jane")
            for (method, path) in all where !harmless.contains(where: path.hasSuffix) {
                let response =
                    method == .get ? try await browser.get(path) : try await browser.post(path)
                #expect(
                    [.ok, .badRequest, .forbidden, .notFound].contains(response.status),
                    "\(path)"
                )
                for secret in [house.vm.id.rawValue, "system", "first", "admin@internal created"] {
                    guard !path.contains(secret) else { continue }
                    #expect(!response.text.contains(secret), "\(method) \(path): \(secret)")
                }
                if method == .post { #expect(response.status != .ok, "\(path)") }
            }
            let lists = ["vms", "disks", "domains", "jobs", "events"]
            for name in lists {
                #expect(try await browser.get("\(House.root)/\(name)").status == .ok, "\(name)")
            }
            #expect(try await browser.get("\(House.root)/users").status == .forbidden)
        }
        let shown = try house.engine.answer(ShowVM(id: house.vm.id), as: Session())
        #expect(shown.snapshots.count == 2)
        #expect(shown.configuration.disks.count == 2)
    }

    @Test("nobody is offered what he would be refused")
    func offers() async throws {
        let house = try House()
        let reader = Permission(userName: "jane@internal", role: .user, object: .vm(house.vm.id))
        _ = try house.engine.run(GrantPermission(reader), as: Session())
        try await house.visit { client in
            let browser = try await house.browser(client, as: "jane")
            let text = try await browser.get("\(House.root)/vms/\(house.vm.id)/snapshots").text
            #expect(text.contains("before"))
            for offer in ["Take snapshot", "/clone", "/delete", "/remove", ">Users<"] {
                #expect(!text.contains(offer), "\(offer)")
            }
            #expect(
                try await browser.post(house.clonePath, house.dialog("mine")).status == .forbidden
            )
        }
    }
}
