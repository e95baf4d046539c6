// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// oVirt's single sign-on: a password is given for a token, and tokens are taken back.
struct SignOnRoutes: Sendable {
    /// What a client that wants to use the API asks for.
    private static let scope = "ovirt-app-api"
    /// A form of this service has a few short fields.
    private static let maximumFormBytes = 16 << 10

    private let engine: Engine
    private let patience: Duration

    init(_ engine: Engine, _ patience: Duration) {
        (self.engine, self.patience) = (engine, patience)
    }

    func add(to router: Router<BasicRequestContext>) {
        let path: RouterPath = "ovirt-engine/sso/oauth/token"
        router.post(path) { request, _ in await self.logIn(request) }
        // Older clients send the same as a query.
        router.get(path) { _, _ in
            self.failure(.badRequest, "invalid_request", "A token is asked for by POST.")
        }
        for path: RouterPath in [
            "ovirt-engine/services/sso-logout", "ovirt-engine/sso/oauth/revoke",
        ] {
            router.post(path) { request, context in await self.logOut(request, context.logger) }
        }
    }

    private func logIn(_ request: Request) async -> Response {
        guard let form = await form(of: request) else { return unreadable }
        guard form["grant_type"] == "password" else {
            let text = "Only grant_type=password is known."
            return failure(.badRequest, "unsupported_grant_type", text)
        }
        guard let name = form["username"], let password = form["password"] else {
            return failure(.badRequest, "invalid_request", "username and password are missing.")
        }
        do {
            let token = try await engine.logIn(
                name,
                password: password,
                from: request.headers[.peerAddress] ?? ""
            )
            return .json(TokenDocument(accessToken: token, scope: form["scope"] ?? Self.scope))
        } catch {
            return failure(error.httpStatus, "access_denied", error.description)
        }
    }

    private func logOut(_ request: Request, _ logger: Logger) async -> Response {
        guard let form = await form(of: request), let token = form["token"] else {
            return unreadable
        }
        do throws(EngineError) {
            try engine.logOut(token)
            return .json([String: String]())
        } catch {
            logger.error("log out failed", metadata: ["error": "\(error)"])
            return failure(error.httpStatus, "server_error", error.description)
        }
    }

    private var unreadable: Response {
        failure(.badRequest, "invalid_request", "The request is no form of a few fields.")
    }

    private func failure(_ status: HTTPResponse.Status, _ code: String, _ text: String) -> Response
    {
        .json(SignOnFailure(code: code, text: text), status)
    }

    private func form(of request: Request) async -> [String: String]? {
        let limit = Self.maximumFormBytes
        guard let body = try? await request.body.collect(upTo: limit, within: patience) else {
            return nil
        }
        return FormFields(String(decoding: body, as: UTF8.self)).fields
    }
}

/// What a client gets for its password.
private struct TokenDocument: Encodable {
    let accessToken: String
    let scope: String
    /// Tokens end when they were not used for a while; clients only look whether it is a number.
    let exp = "9223372036854775807"
    let tokenType = "bearer"

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case scope, exp
        case tokenType = "token_type"
    }
}

/// Why it gets none, in both the ways in which clients look for it.
private struct SignOnFailure: Encodable {
    let error: String
    let errorCode: String
    let errorDescription: String

    init(code: String, text: String) {
        (errorCode, error, errorDescription) = (code, text, text)
    }

    enum CodingKeys: String, CodingKey {
        case error
        case errorCode = "error_code"
        case errorDescription = "error_description"
    }
}
