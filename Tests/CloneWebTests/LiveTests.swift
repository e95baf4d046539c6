// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CloneWeb

@Suite("Live pages")
struct LiveTests {
    @Test("a page is sent again when it has changed, and the stream ends with the session")
    func stream() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            async let changes: Void = {
                try await Task.sleep(for: .seconds(1))
                _ = try house.engine.run(SetVMStatus(id: house.vm.id, isUp: true), as: Session())
                try await Task.sleep(for: .seconds(1))
                try house.engine.logOut(browser.token)
            }()
            let path = "\(House.root)/vms/\(house.vm.id)"
            let response = try await browser.get(path, accept: "text/event-stream")
            try await changes
            #expect(response.headers[.contentType] == "text/event-stream")
            let messages = response.text.split(separator: "\n\n")
            let pages = messages.filter { $0.hasPrefix("event: page") }
            #expect(pages.count == 2)
            #expect(pages.first?.contains(">Down<") == true)
            #expect(pages.last?.contains(">Up<") == true)
            #expect(messages.last == "event: end\ndata: ")
            // What stands around a page is not sent again.
            #expect(pages.allSatisfy { !$0.contains("<header") && $0.contains("data: <main") })
        }
    }

    @Test("a server that is asked to end does not wait for those who watch")
    func shutdown() async throws {
        let house = try House()
        let token = try await house.engine.logIn(
            "admin@internal",
            password: House.password,
            from: "test"
        )
        let server = try ServeProcess(in: house.directory)
        let output = house.directory.path("stream")
        let watcher = Process()
        watcher.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        watcher.arguments = [
            "curl", "--silent", "--insecure", "--no-buffer", "--max-time", "60", "--output", output,
            "--header", "Accept: text/event-stream", "--cookie", Browser.cookie(token),
            "\(server.url)ovirt-engine/webadmin/vms",
        ]
        try watcher.run()
        try await eventually {
            (try? String(contentsOfFile: output, encoding: .utf8))?.contains("event: page") == true
        }
        let start = Date()
        server.stop()
        #expect(Date().timeIntervalSince(start) < 20)
        watcher.waitUntilExit()
        #expect(watcher.terminationStatus == 0)
    }

    @Test("a page that is watched does not keep its session alive")
    func expiry() async throws {
        let house = try House()
        try await house.visit { client in
            let browser = try await house.browser(client)
            #expect(try house.engine.isValid(browser.token))
            #expect(try house.engine.isValid("") == false)
        }
    }

    @Test("every change of the store has a mark of its own")
    func marks() throws {
        let house = try House()
        var marks: Set<String> = []
        for isUp in [true, false, true, false] {
            _ = try house.engine.run(SetVMStatus(id: house.vm.id, isUp: isUp), as: Session())
            marks.insert(house.engine.changeMark)
        }
        #expect(marks.count == 4)
        #expect(house.engine.changeMark == house.engine.changeMark)
    }
}
