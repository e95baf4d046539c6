// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Finds out who asks.
struct Authentication: Sendable {
    /// Somebody who has shown who he is.
    struct Login: Sendable {
        let userName: String
        /// A token that was given for this request only.
        fileprivate let oneTimeToken: String?
    }

    private let engine: Engine

    init(_ engine: Engine) { self.engine = engine }

    /// Takes a token, or a name and its password.
    ///
    /// - Throws: `Fault` or `EngineError` when neither is good.
    func logIn(_ request: Request) async throws -> Login {
        let words = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { throw Fault.unauthenticated }
        switch words[0].lowercased() {
        case "bearer": return try await logIn(token: String(words[1]))
        case "basic": return try await logIn(basic: String(words[1]), request)
        default: throw Fault.unauthenticated
        }
    }

    private func logIn(token: String) async throws -> Login {
        let name = try await Workers.look { try engine.userName(of: token) }
        guard let name else { throw Fault.unauthenticated }
        return Login(userName: name, oneTimeToken: nil)
    }

    private func logIn(basic text: String, _ request: Request) async throws -> Login {
        guard let data = Data(base64Encoded: text),
            let pair = String(data: data, encoding: .utf8), let colon = pair.firstIndex(of: ":")
        else { throw Fault.unauthenticated }
        let name = String(pair[..<colon])
        let token = try await engine.logIn(
            name,
            password: String(pair[pair.index(after: colon)...]),
            from: request.headers[.peerAddress] ?? ""
        )
        return Login(userName: name, oneTimeToken: token)
    }

    /// Takes back what was given for one request only.
    func end(_ login: Login) async {
        guard let token = login.oneTimeToken else { return }
        try? await Workers.look { try engine.logOut(token) }
    }
}
