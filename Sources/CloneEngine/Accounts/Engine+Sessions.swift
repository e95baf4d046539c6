// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Dispatch
internal import Foundation
internal import GRDB

extension Engine {
    /// How long a token lives without being used.
    package static let idleSeconds: Double = 30 * 60
    /// A token in use is given more time at most this often, so that few requests write.
    private static let renewalSeconds: Double = 60

    /// Lets a user in, and gives him a token to show from then on.
    ///
    /// - Parameters:
    ///   - name: the account's whole name.
    ///   - password: its password.
    ///   - address: where the caller comes from; after failures he has to wait there.
    /// - Returns: a token of 43 characters, that a URL may contain.
    /// - Throws: `EngineError`: the same for a wrong password as for an unknown name.
    package func logIn(
        _ name: String,
        password: String,
        from address: String
    ) async throws(EngineError) -> String {
        let attempt = LoginAttempts.Key(name: name, address: address)
        try attempts.begin(attempt)
        // A tenth of a second of one processor, which nobody else's task should wait for.
        let isGood: Bool = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in
                continuation.resume(returning: matches(name, password))
            }
        }
        guard isGood else {
            attempts.fail(attempt)
            throw .cannotAuthenticate(name)
        }
        attempts.succeed(attempt)
        return try makeToken(of: name)
    }

    /// Who a token belongs to; nil when it is unknown, expired or taken back.
    package func userName(of token: String) throws(EngineError) -> String? {
        do {
            let hash = Engine.hash(of: token)
            let found = try store.read { try AccessToken.fetchOne($0, key: hash) }
            guard var found, found.expiresAt > Date() else { return nil }
            let expiry = Date(timeIntervalSinceNow: Engine.idleSeconds)
            if expiry.timeIntervalSince(found.expiresAt) > Engine.renewalSeconds {
                found.expiresAt = expiry
                let renewed = found
                try store.write { try $0.exists(renewed) ? renewed.update($0) : () }
            }
            return found.userName
        } catch { throw EngineError(failure: error) }
    }

    /// Whether a token would be taken now; to ask gives it no more time.
    package func isValid(_ token: String) throws(EngineError) -> Bool {
        do {
            let hash = Engine.hash(of: token)
            let found = try store.read { try AccessToken.fetchOne($0, key: hash) }
            return found.map { $0.expiresAt > Date() } ?? false
        } catch { throw EngineError(failure: error) }
    }

    /// Takes a token back.
    package func logOut(_ token: String) throws(EngineError) {
        do {
            let hash = Engine.hash(of: token)
            _ = try store.write { try AccessToken.deleteOne($0, key: hash) }
        } catch { throw EngineError(failure: error) }
    }

    private func matches(_ name: String, _ password: String) -> Bool {
        let account = try? store.read { database in
            try Account.filter(Column("name") == name).fetchOne(database)
        }
        // An unknown name takes as long as a known one.
        guard let hash = account?.password ?? Engine.decoy else { return false }
        let isRight = (try? hash.matches(password)) ?? false
        return isRight && account != nil
    }

    private static let decoy = try? PasswordHash(of: UUID().uuidString)

    /// A new token of a user who has shown who he is.
    func makeToken(of name: String) throws(EngineError) -> String {
        let token = Data.random(byteCount: 32)
            .base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let now = Date()
        let row = AccessToken(
            hash: Engine.hash(of: token),
            userName: name,
            createdAt: now,
            expiresAt: now.addingTimeInterval(Engine.idleSeconds)
        )
        do {
            try store.write { database in
                try AccessToken.filter(Column("expiresAt") <= now).deleteAll(database)
                try row.insert(database)
            }
        } catch { throw EngineError(failure: error) }
        return token
    }

    private static func hash(of token: String) -> Data { Data(SHA256.hash(data: Data(token.utf8))) }
}

extension Database {
    fileprivate func exists(_ token: AccessToken) throws -> Bool { try token.exists(self) }
}

extension EngineError {
    fileprivate static func cannotAuthenticate(_ name: String) -> EngineError {
        EngineError(
            Refusal(
                "CANNOT_AUTHENTICATE",
                .unauthenticated,
                "Cannot authenticate user '\(name)': The user name or password is incorrect."
            )
        )
    }
}
