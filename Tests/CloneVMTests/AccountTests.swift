// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-vm's users and permissions")
struct AccountTests {
    private struct User: Decodable {
        let name: String
    }

    private struct Permission: Decodable {
        let user: String
        let role: String
        let objectKind: String
        let objectName: String?
    }

    private let host: Host

    init() throws { host = try Host() }

    private func add(_ user: String, password: String) throws -> Command.Output {
        try host.shell("printf '%s\\n' '\(password)' | \"$0\" user add \(user) \"$@\"")
    }

    @Test("a password comes from standard input or a file, and nobody has one by default")
    func passwords() throws {
        #expect(try host.ask([User].self, "user list").isEmpty)
        #expect(try add("alice", password: "a long password").status == 0)
        let file = host.directory.path("password")
        try Data("another password\nand a line that is none of it\n".utf8)
            .write(to: URL(filePath: file))
        try host.succeed("user add bob@internal --password-file \(file)")
        #expect(
            try host.ask([User].self, "user list").map(\.name) == [
                "alice@internal", "bob@internal",
            ]
        )
        #expect(try host.ask([User].self, "user list --search name=b*").count == 1)
        try host.succeed("user password bob --password-file \(file)")
        try host.succeed("user remove bob")
        #expect(try host.ask([User].self, "user list").map(\.name) == ["alice@internal"])
    }

    @Test("what is no password, or no name, is refused")
    func refusals() throws {
        let short = try add("alice", password: "short")
        #expect(short.status == 2)
        #expect(short.standardError.contains("A password has 8 to 1024 characters."))
        let empty = try host.shell("\"$0\" user add alice \"$@\" </dev/null")
        #expect(empty.status == 2)
        #expect(empty.standardError.contains("There is no password: standard input ends."))
        let missing = try host.run("user add alice --password-file nowhere")
        #expect(missing.standardError.contains("the file nowhere cannot be read"))
        #expect(try add("alice@elsewhere", password: "a long password").status == 2)
        #expect(try host.run("user remove alice").status == 4)
        #expect(try host.ask([User].self, "user list").isEmpty)
        // No option takes the password itself, which other users of the machine would see.
        #expect(try host.run("user add alice --password secret").status == 64)
    }

    /// Types into a terminal, each answer after its question, and prints what the terminal showed.
    private static let typist = """
        import os, pty, signal, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.alarm(60)
        words, answers, seen = sys.argv[2:], sys.argv[1].split(','), b''
        child, terminal = pty.fork()
        if child == 0:
            os.execv(words[0], words)
        while True:
            try:
                part = os.read(terminal, 1024)
            except OSError:
                break
            if not part:
                break
            seen += part
            if answers and part.rstrip(b' ').endswith(b':'):
                answer = answers.pop(0)
                os.write(terminal, b'\\x03' if answer == '^C' else answer.encode() + b'\\n')
        status = os.waitpid(child, 0)[1]
        sys.stdout.buffer.write(seen)
        sys.exit(os.waitstatus_to_exitcode(status))
        """

    private func type(_ answers: String) throws -> Command.Output {
        let words = try [Host.path(), "user", "add", "alice"] + host.state
        return try Command.run("python3", ["-c", AccountTests.typist, answers] + words)
    }

    @Test("a person is asked twice, and the terminal does not show the answers")
    func prompt() throws {
        let output = try type("a long password,a long password")
        #expect(output.status == 0, "\(output.text)")
        #expect(output.text.contains("Password of alice@internal: "))
        #expect(output.text.contains("The same again: "))
        #expect(!output.text.contains("a long password"))
        #expect(try host.ask([User].self, "user list").count == 1)
    }

    @Test("two different answers make no account, and neither does a signal")
    func failedPrompt() throws {
        let different = try type("a long password,a wrong password")
        #expect(different.status == 2)
        #expect(different.text.contains("There is no password: the two are not the same."))
        #expect(try type("^C").status == 130)
        #expect(try host.ask([User].self, "user list").isEmpty)
    }

    @Test("roles are granted, listed and taken back")
    func permissions() throws {
        #expect(try add("alice", password: "a long password").status == 0)
        try host.succeed("vm add web")
        try host.succeed("permission grant alice UserVmManager --vm web")
        try host.succeed("permission grant alice DiskCreator --domain first")
        try host.succeed("permission grant alice VmCreator --system")
        let mine = try host.ask([Permission].self, "permission list --user alice")
        #expect(Set(mine.map(\.role)) == ["UserVmManager", "DiskCreator", "VmCreator"])
        let ofVM = try host.ask([Permission].self, "permission list --vm web")
        #expect(ofVM.map(\.user) == ["alice@internal"])
        #expect(ofVM.map(\.objectName) == ["web"])
        #expect(ofVM.map(\.objectKind) == ["vm"])
        try host.succeed("permission revoke alice UserVmManager --vm web")
        #expect(try host.ask([Permission].self, "permission list --vm web").isEmpty)
        let refused: [(String, Int32)] = [
            ("permission revoke alice UserVmManager --vm web", 4),
            ("permission revoke admin SuperUser --system", 3),
            ("permission grant nobody UserRole --vm web", 4),
            ("permission grant alice UserRole", 2),
            ("permission grant alice UserRole --vm web --system", 64),
            ("permission grant alice King --system", 64),
        ]
        for (line, status) in refused {
            let output = try host.run(line)
            #expect(output.status == status, "\(line): \(output.standardError)")
        }
    }

    @Test("lists are searched in oVirt's language")
    func searches() throws {
        for name in ["web1", "web2", "db"] { try host.succeed("vm add \(name)") }
        let found = try host.run("vm list --json --search name=WEB*")
        #expect(try found.decoded(as: [Told.VM].self).map(\.name) == ["web1", "web2"])
        for name in ["before", "after"] { try host.succeed("snapshot create db \(name)") }
        let snapshots = try host.run("snapshot list db --json --search name=BEF*")
        #expect(try snapshots.decoded(as: [Told.Snapshot].self).map(\.description) == ["before"])
        let refused = try host.run("vm list --search colour=red")
        #expect(refused.status == 2)
        #expect(refused.standardError.contains("there is no field 'colour', but there are name"))
    }
}
