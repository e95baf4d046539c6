// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird

/// Takes forms from pages of this site only, and only from the session that they were made for.
struct ForgeryGate: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head else {
            return try await next(request, context)
        }
        guard request.isFromThisSite, let visitor = context.visitor else {
            throw ForgeryGate.refusal
        }
        var (request, context) = (request, context)
        context.form = try await request.form()
        let token = context.form.exactly(ForgeryToken.field)
        guard ForgeryToken.isRight(token, for: visitor.token) else { throw ForgeryGate.refusal }
        return try await next(request, context)
    }

    static let refusal = HTTPError(
        .forbidden,
        message: "The form was not made by a page of this session. Please open the page again."
    )
}

extension Request {
    /// False when the browser says that another site's page has sent it.
    var isFromThisSite: Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ headers[$0] }),
            site != "same-origin"
        {
            return false
        }
        guard let origin = headers[.origin] else { return true }
        let parts = origin.split(separator: "/", omittingEmptySubsequences: true)
        return parts.count == 2 && head.authority.map { parts[1] == $0 } == true
    }

    /// What a form has sent.
    mutating func form() async throws -> Form {
        guard headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw HTTPError(.unsupportedMediaType)
        }
        let body = try await collectBody(upTo: Form.maximumBytes)
        return try Form(urlEncoded: String(buffer: body))
    }
}
