// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// One kind of request that is answered.
struct Route: Sendable {
    /// How it is answered.
    enum Work: Sendable {
        /// By a look at the store.
        case quick(@Sendable (Call) throws -> Answer)
        /// By work that takes a while: files are made, or chains of them are read.
        case slow(@Sendable (Call) throws -> Answer)
        /// By waiting for something.
        case waiting(@Sendable (Call) async throws -> Answer)
    }

    let method: HTTPRequest.Method
    /// The address below the API's, with names of parameters in braces: `vms/{vm}`.
    let path: String
    /// The path's parts.
    let segments: [Substring]
    /// What it does, for who reads the description of the API.
    let summary: String
    /// The root of the document that is sent with it; nil when there is none.
    let body: String?
    let work: Work

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        body: String? = nil,
        _ work: Work
    ) {
        (self.method, self.path, self.summary) = (method, path, summary)
        (self.body, self.work) = (body, work)
        segments = path.split(separator: "/")
    }

    /// A look at something.
    static func get(
        _ path: String,
        _ summary: String,
        _ element: @escaping @Sendable (Call) throws -> Element
    ) -> Route {
        Route(.get, path, summary, .quick { Answer(try element($0)) })
    }

    /// A collection that exists for clients' sake, and has nothing in it.
    static func empty(_ path: String, _ name: String, of kind: String) -> Route {
        .get(path, "Lists nothing: there are none.") { _ in .list(name, of: kind, []) }
    }

    /// The parameters' values when this is the route of an address.
    func parameters(of address: [Substring]) -> [String: String]? {
        guard address.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, address) {
            if segment.first == "{" {
                values[String(segment.dropFirst().dropLast())] = String(part)
            } else if segment != part {
                return nil
            }
        }
        return values
    }
}
