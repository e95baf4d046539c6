// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Dispatch
internal import HTTPTypes
internal import Hummingbird

/// Adds routes that are plain functions of a visit.
///
/// They may block: none runs on the threads that all requests share.
struct VisitRoutes {
    typealias Handler = @Sendable (Visit) throws -> Reply

    let site: Site
    let group: RouterGroup<WebContext>

    /// A page that is looked at.
    func get(_ path: RouterPath, _ handler: @escaping Handler) {
        group.get(path) { [site] request, context in
            try await site.response(to: request, context, handler)
        }
    }

    /// A page that follows what happens while it is looked at.
    func live(_ path: RouterPath, _ handler: @escaping Handler) {
        group.get(path) { [site] request, context in
            guard request.headers[.accept] != LiveStream.mediaType else {
                let visit = try Visit(site, request, context)
                return LiveStream(site: site, visit: visit, handler: handler).response
            }
            return try await site.response(to: request, context, isLive: true, handler)
        }
    }

    /// A form that was sent.
    func post(_ path: RouterPath, _ handler: @escaping Handler) {
        group.post(path) { [site] request, context in
            try await site.response(to: request, context, handler)
        }
    }

    /// A form that was sent, for what waits without blocking.
    func postWaiting(
        _ path: RouterPath,
        _ handler: @escaping @Sendable (Visit) async throws -> Reply
    ) {
        group.post(path) { [site] request, context in
            let visit = try Visit(site, request, context)
            return try await handler(visit).response(site, visit)
        }
    }
}

extension Site {
    fileprivate func response(
        to request: Request,
        _ context: WebContext,
        isLive: Bool = false,
        _ handler: @escaping VisitRoutes.Handler
    ) async throws -> Response {
        let visit = try Visit(self, request, context)
        let path = isLive ? request.uri.string : nil
        return try await blocking { try handler(visit).response(self, visit, livePath: path) }
    }
}

extension Reply {
    fileprivate func response(
        _ site: Site,
        _ visit: Visit,
        livePath: String? = nil
    ) throws -> Response {
        switch self {
        case .page(let page):
            let frame = Frame(
                page,
                visitor: visit.visitor,
                in: site,
                path: livePath,
                notice: Notice(visit.query)
            )
            return try frame.response(site)
        case .redirect(let place): return .redirect(to: place)
        case .json(let text):
            let type = [HTTPField.Name.contentType: "application/json"]
            var response = Response(status: .ok, body: .init(byteBuffer: .init(string: text)))
            for (name, value) in type { response.headers[name] = value }
            return response
        }
    }
}

/// Runs what may block on a thread that may.
func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
    }
}
