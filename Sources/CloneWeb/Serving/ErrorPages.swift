// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Makes a page of what went wrong.
struct ErrorPages: RouterMiddleware {
    typealias Context = WebContext

    let site: Site

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as EngineError {
            return try page(error.kind.status, error.refusals.map(\.text), request, context)
        } catch let error as any HTTPResponseError {
            let text = (error as? HTTPError)?.body ?? error.status.sentence
            return try page(error.status, [text], request, context)
        } catch {
            context.logger.error("page failed", metadata: ["error": "\(error)"])
            let status = HTTPResponse.Status.internalServerError
            return try page(status, [status.sentence], request, context)
        }
    }

    private func page(
        _ status: HTTPResponse.Status,
        _ sentences: [String],
        _ request: Request,
        _ context: WebContext
    ) throws -> Response {
        var page = WebPage(status.heading, "error", ErrorModel(sentences: sentences))
        page.status = status.code
        let frame = Frame(page, visitor: context.visitor, in: site, path: nil)
        return try frame.response(site)
    }
}

/// What an error's page says.
struct ErrorModel: Sendable {
    let sentences: [String]
}

extension Refusal.Kind {
    /// HTTP's word for it.
    var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .conflict: .conflict
        case .internalError: .internalServerError
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .unauthenticated: .unauthorized
        case .tooManyRequests: .tooManyRequests
        }
    }
}

extension HTTPResponse.Status {
    fileprivate var heading: String {
        switch self {
        case .notFound: "Not found"
        case .forbidden: "Not allowed"
        case .conflict: "Not now"
        case .internalServerError: "Something went wrong"
        default: reasonPhrase
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .notFound: "There is no such page, or it is not yours to see."
        case .internalServerError: "The page could not be made; the server's log says why."
        default: "The server answers: \(code) \(reasonPhrase)."
        }
    }
}
