// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Lets nobody pass who has not logged in.
struct SessionGate: RouterMiddleware {
    typealias Context = WebContext

    let site: Site

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard let token = request.cookies[site.cookieName]?.value,
            let userName = try site.engine.userName(of: token)
        else { return refusal(to: request) }
        var context = context
        context.visitor = Visitor(userName: userName, token: token)
        return try await next(request, context)
    }

    /// A page leads to the login and back; what a page's script fetches is only refused.
    private func refusal(to request: Request) -> Response {
        guard request.method == .get, request.accepts("text/html") else {
            return Response(status: .unauthorized)
        }
        let isKnown = request.cookies[site.cookieName] != nil
        let place = request.uri.string.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        let login = "\(WebRoutes.root)/login?next=\(place ?? "")"
        return .redirect(to: isKnown ? login + "&expired=1" : login)
    }
}

extension Request {
    /// Whether the client asks for a type by its name, or takes anything.
    func accepts(_ type: String) -> Bool {
        guard let accepted = headers[.accept] else { return true }
        return accepted.contains(type) || accepted.contains("*/*")
    }
}
