// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Lets people in and out.
struct LoginRoutes: Sendable {
    let site: Site

    func add(to group: RouterGroup<WebContext>) {
        group.get("login") { request, _ in
            let query = try Form(urlEncoded: request.uri.query ?? "")
            return try page(LoginModel(query))
        }
        group.post("login", use: logIn)
        group.group().add(middleware: SessionGate(site: site)).add(middleware: ForgeryGate())
            .post("logout", use: logOut)
    }

    @Sendable
    private func logIn(_ request: Request, _ context: WebContext) async throws -> Response {
        guard request.isFromThisSite else { throw ForgeryGate.refusal }
        var request = request
        let form = try await request.form()
        do {
            let token = try await site.engine.logIn(
                LoginModel.wholeName(form["user"] ?? ""),
                password: form.exactly("password"),
                from: request.peerAddress
            )
            var response = Response.redirect(to: LoginModel.place(form["next"]))
            response.setCookie(cookie(token))
            return response
        } catch {
            return try page(LoginModel(form, error), error.kind.status)
        }
    }

    @Sendable
    private func logOut(_ request: Request, _ context: WebContext) async throws -> Response {
        if let visitor = context.visitor { try site.engine.logOut(visitor.token) }
        var response = Response.redirect(to: "\(WebRoutes.root)/login?out=1")
        response.setCookie(cookie("", maxAge: 0))
        return response
    }

    /// A session's end is the engine's to decide: the cookie goes with the browser.
    private func cookie(_ token: String, maxAge: Int? = nil) -> Cookie {
        Cookie(
            name: site.cookieName,
            value: token,
            maxAge: maxAge,
            path: "/",
            secure: site.isSecure,
            httpOnly: true,
            sameSite: .strict
        )
    }

    private func page(
        _ model: LoginModel,
        _ status: HTTPResponse.Status = .ok
    ) throws -> Response {
        var page = WebPage("Log in", "login", model)
        page.status = status.code
        return try Frame(page, visitor: nil, in: site, path: nil).response(site)
    }
}

/// The login's page.
struct LoginModel: Sendable {
    let user: String
    let next: String
    let message: String?
    let tone: String
    /// True when no name was given yet.
    let isFirst: Bool

    init(_ query: Form) {
        (user, isFirst, next) = ("", true, LoginModel.place(query["next"]))
        tone = Badge.Tone.quiet.rawValue
        message =
            query.has("expired")
            ? "Your session has ended. Please log in again."
            : query.has("out") ? "You have logged out." : nil
    }

    init(_ form: Form, _ error: EngineError) {
        (user, isFirst) = (form["user"] ?? "", form["user"] == nil)
        (next, message) = (LoginModel.place(form["next"]), error.description)
        tone = Badge.Tone.bad.rawValue
    }

    /// A page of this site, whatever a URL asks for.
    static func place(_ wish: String?) -> String {
        guard let wish, wish.hasPrefix("\(WebRoutes.root)/"), !wish.contains("//"),
            !wish.contains("\\"), wish.allSatisfy({ $0.isASCII && !$0.isNewline })
        else { return Paths.vms }
        return wish
    }

    /// The name with its domain, which people leave out.
    static func wholeName(_ name: String) -> String {
        name.contains("@") ? name : "\(name)@\(Account.internalDomain)"
    }
}

extension Request {
    /// The address of the machine at the other end, as the server that took the request tells it.
    fileprivate var peerAddress: String {
        HTTPField.Name("X-Peer-Address").flatMap { headers[$0] } ?? ""
    }
}
