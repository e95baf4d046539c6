// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport
import Testing

@testable import CloneEngine

@Suite("Accounts, passwords and tokens")
struct AccountTests {
    private static let password = "correct horse"
    private static let user = "admin@internal"

    private let directory: TemporaryDirectory
    private let engine: Engine

    init() throws {
        directory = try TemporaryDirectory()
        engine = try Engine(state: directory.path("state"))
        let user = AddUser(name: AccountTests.user, password: AccountTests.password)
        _ = try engine.run(user, as: Session())
    }

    private func logIn(
        _ password: String = AccountTests.password,
        as name: String = AccountTests.user,
        from address: String = "here"
    ) async throws -> String {
        try await engine.logIn(name, password: password, from: address)
    }

    /// The keys of what a login is refused with.
    private func refusal(_ password: String, as name: String = user, from address: String = "here")
        async -> [String]
    {
        do {
            _ = try await logIn(password, as: name, from: address)
            return []
        } catch let error as EngineError { return error.refusals.map(\.key) } catch {
            return ["\(error)"]
        }
    }

    @Test("a password gives a token, which names its user until it is taken back")
    func token() async throws {
        let token = try await logIn()
        #expect(token.utf8.count == 43)
        #expect(try engine.userName(of: token) == AccountTests.user)
        try engine.logOut(token)
        #expect(try engine.userName(of: token) == nil)
        #expect(try engine.userName(of: "") == nil)
    }

    @Test("a wrong password and an unknown name are refused with the same words but the name")
    func wrong() async throws {
        #expect(await refusal("wrong") == ["CANNOT_AUTHENTICATE"])
        #expect(await refusal("", as: "nobody@internal") == ["CANNOT_AUTHENTICATE"])
        #expect(await refusal(AccountTests.password + " ") == ["CANNOT_AUTHENTICATE"])
    }

    @Test("who guesses has to wait, even with the right password; others have not")
    func guessing() async throws {
        for _ in 0..<5 { #expect(await refusal("wrong") == ["CANNOT_AUTHENTICATE"]) }
        #expect(await refusal(AccountTests.password) == ["TOO_MANY_ATTEMPTS"])
        #expect(await refusal(AccountTests.password, from: "there") == [])
    }

    @Test("a token that was idle for long is nobody's; one in use is given more time")
    func expiry() async throws {
        let (idle, used) = (try await logIn(), try await logIn())
        // The one that was made first is the idle one.
        func expire(_ isFirst: Bool, in seconds: Double) throws {
            let order = isFirst ? "ASC" : "DESC"
            try engine.store.write { database in
                try database.execute(
                    sql: """
                        UPDATE accessToken SET expiresAt = ? WHERE hash =
                            (SELECT hash FROM accessToken ORDER BY createdAt \(order) LIMIT 1)
                        """,
                    arguments: [Date(timeIntervalSinceNow: seconds)]
                )
            }
        }
        try expire(true, in: -1)
        try expire(false, in: 60)
        #expect(try engine.userName(of: idle) == nil)
        #expect(try engine.userName(of: used) == AccountTests.user)
        let latest = try engine.store.read { try AccessToken.fetchAll($0).map(\.expiresAt).max() }
        #expect(try #require(latest).timeIntervalSinceNow > Engine.idleSeconds - 60)
    }

    @Test("neither passwords nor tokens stand in the store")
    func secrecy() async throws {
        let token = try await logIn()
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path("state"))
        for file in files where file.hasPrefix("engine.sqlite") {
            let path = directory.path("state/\(file)")
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(data.range(of: Data(token.utf8)) == nil, "\(file)")
            #expect(data.range(of: Data(AccountTests.password.utf8)) == nil, "\(file)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test("a new password ends all sessions, and so does removing the user")
    func ending() async throws {
        let old = try await logIn()
        _ = try engine.run(
            SetPassword(name: AccountTests.user, password: "another one"),
            as: Session()
        )
        #expect(try engine.userName(of: old) == nil)
        #expect(await refusal(AccountTests.password) == ["CANNOT_AUTHENTICATE"])
        let new = try await logIn("another one")
        _ = try engine.run(RemoveUser(name: AccountTests.user), as: Session())
        #expect(try engine.userName(of: new) == nil)
        #expect(await refusal("another one") == ["CANNOT_AUTHENTICATE"])
    }

    @Test("two hashes of one password differ, and each knows it; tampered ones are none")
    func hashes() throws {
        let (one, two) = (try PasswordHash(of: "same"), try PasswordHash(of: "same"))
        #expect(one != two)
        #expect(try one.matches("same") && two.matches("same") && !one.matches("other"))
        let text = one.rawValue
        #expect(PasswordHash(rawValue: text) == one)
        for bad in [
            "", "x", text.replacing("ln=15", with: "ln=40"), text.replacing("ln=15", with: "ln=-1"),
            text.replacing("scrypt-hmac", with: "plain"), text + "$more",
        ] {
            #expect(PasswordHash(rawValue: bad) == nil, "\(bad)")
        }
    }

    @Test("only who looks after users makes them; names and passwords have a form")
    func rules() throws {
        func keys(_ command: AddUser, as session: Session = Session()) -> [String] {
            do {
                _ = try engine.run(command, as: session)
                return []
            } catch { return error.refusals.map(\.key) }
        }
        let other = Session(userName: "nobody@internal")
        #expect(
            keys(AddUser(name: "x@internal", password: "12345678"), as: other).contains(
                "USER_NOT_AUTHORIZED_TO_PERFORM_ACTION"
            )
        )
        #expect(keys(AddUser(name: "x", password: "12345678")) == ["INVALID_NAME"])
        #expect(keys(AddUser(name: "x@elsewhere", password: "12345678")) == ["INVALID_NAME"])
        #expect(keys(AddUser(name: "x@internal", password: "short")) == ["INVALID_PASSWORD"])
        #expect(
            keys(AddUser(name: AccountTests.user, password: "12345678")) == ["NAME_ALREADY_USED"]
        )
    }
}
