// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

@Suite("clone-vm serve", .timeLimit(.minutes(3)))
struct ServeTests {
    @Test("asked to end, it waits for the clones that it is at work on")
    func waits() throws {
        let store = try SampleStore()
        let server = try store.serve()
        try store.startClone(of: "mysnap", bytesPerSecond: 500_000, with: server)
        let before = try store.engine.answer(ListVMs(), as: Session())
        #expect(before.first { $0.name == "slow" }?.status == .imageLocked)
        server.stop()
        let after = try store.engine.answer(ListVMs(), as: Session())
        #expect(after.first { $0.name == "slow" }?.status == .down)
        #expect(server.exitStatus == 0)
    }

    @Test("told so, it leaves running clones, which are undone at the next start")
    func leaves() throws {
        let store = try SampleStore()
        let server = try store.serve(["--at-end", "leave"])
        try store.startClone(of: "mysnap", bytesPerSecond: 500_000, with: server)
        server.stop()
        #expect(try store.engine.answer(ListVMs(), as: Session()).count == 2)
        let next = try Engine(state: store.state)
        #expect(try next.answer(ListVMs(), as: Session()).map(\.name) == ["myvm"])
        #expect(try next.check() == [])
    }

    @Test("the plan, the stream of events, progress, cancelling and metrics, by HTTP")
    func extensions() throws {
        let store = try SampleStore()
        let server = try store.serve()
        try store.runClient(["clients/extensions.py"], with: server)
    }

    @Test("who sends too much, too slowly or nothing at all does not keep a connection")
    func bounds() throws {
        let store = try SampleStore()
        let server = try store.serve(["--plain-http", "--patience", "1"])
        let token = try store.engine.makeToken(of: Session.administrator)
        let port = try #require(URL(string: server.url)?.port)
        let head = """
            POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n
            """
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/"$1"
            printf "$2" >&3
            # Ends when the server closes the connection.
            timeout 60 cat <&3
            """
        func answer(to sent: String) throws -> TestSupport.Command.Output {
            try Command.run("bash", ["-c", script, "bash", "\(port)", sent])
        }
        let silent = try answer(to: "")
        #expect(silent.status == 0 && silent.text.isEmpty)
        let slow = try answer(to: head + "Content-Length: 100\r\n\r\n<vm>")
        #expect(slow.status == 0 && slow.text.hasPrefix("HTTP/1.1 408"), "\(slow.text)")
        let unfinished = try answer(to: head)
        #expect(unfinished.status == 0 && unfinished.text.isEmpty)
        // Nobody says how much it is going to be.
        let endless = try Command.run(
            "bash",
            [
                "-c",
                "timeout 60 curl --silent --write-out '%{http_code}' --upload-file - "
                    + "--request POST --header Expect: --header \"Authorization: Bearer $1\" \"$2\" </dev/zero",
                "bash", token, "\(server.url)ovirt-engine/api/vms",
            ]
        )
        #expect(endless.text.hasSuffix("413"), "\(endless.text)")
    }

    @Test("its authority stays the same, its certificate has the names of this host")
    func certificates() throws {
        let store = try SampleStore()
        let first = try store.serve()
        let authority = try String(contentsOfFile: first.authority, encoding: .utf8)
        first.stop()
        try FileManager.default.removeItem(atPath: store.state + "/pki/server.key")
        let second = try store.serve()
        #expect(try String(contentsOfFile: second.authority, encoding: .utf8) == authority)
        let pki = store.state + "/pki"
        let verified = try Command.run(
            "openssl",
            ["verify", "-CAfile", pki + "/ca.pem", "-verify_ip", "127.0.0.1", pki + "/server.pem"]
        )
        #expect(verified.status == 0, "\(verified.standardError)")
        for name in ["ca.key", "server.key"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(pki)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("a given certificate is used, and one with another's key is refused")
    func givenCertificate() throws {
        let store = try SampleStore()
        for name in ["mine", "other"] {
            let words =
                ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
                + ["-keyout", store.directory.path("\(name).key")]
                + ["-out", store.directory.path("\(name).pem")]
            try Command.runSuccessfully("openssl", words)
        }
        let certificate = ["--certificate", store.directory.path("mine.pem"), "--key"]
        let server = try store.serve(certificate + [store.directory.path("mine.key")])
        server.authority = store.directory.path("mine.pem")
        try store.runClient(["clients/sdk_story.py"], with: server)
        server.stop()
        #expect {
            _ = try store.serve(certificate + [store.directory.path("other.key")])
        } throws: { error in
            "\(error)".contains("mine.pem with the key") && "\(error)".contains("cannot be used")
        }
    }

    @Test(
        "what would be unsafe or makes no sense is refused",
        arguments: [
            ("--plain-http --address 0.0.0.0", "would send passwords in the clear"),
            ("--certificate x.pem", "--certificate and --key go together"),
            ("--plain-http --certificate x --key y", "exclude each other"),
            ("--address 192.0.2.1", "Cannot listen on 192.0.2.1"),
            ("--certificate /nowhere.pem --key /nowhere.key", "cannot be used"),
        ]
    )
    func refusals(line: String, reason: String) throws {
        let directory = try TemporaryDirectory()
        let words = ["serve", "--state", directory.path("state"), "--port", "0"]
        let output = try Command.run(
            "timeout",
            ["20", Command.built("clone-vm")] + words + line.split(separator: " ").map(String.init)
        )
        #expect(output.status != 0 && output.status != 124)
        #expect(output.standardError.contains(reason), "\(output.standardError)")
    }

    @Test("on a store without users it says how to make the first; there is no other way in")
    func firstUser() throws {
        let directory = try TemporaryDirectory()
        let server = try ServeProcess(in: directory)
        #expect(try server.logged.contains("clone-vm user add admin@internal --state"))
    }
}
