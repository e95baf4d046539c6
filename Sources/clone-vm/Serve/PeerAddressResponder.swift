// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Tells all routes where a request comes from, by a header that no client can set.
struct PeerAddressResponder<Inner: HTTPResponder>: HTTPResponder
where Inner.Context == BasicRequestContext {
    /// A request with the connection it came by.
    struct Context: InitializableFromSource, Sendable {
        let basic: BasicRequestContext
        let peer: String?

        init(source: ApplicationRequestContextSource) {
            basic = BasicRequestContext(source: source)
            peer = source.channel.remoteAddress?.ipAddress
        }
    }

    private let inner: Inner

    init(_ inner: Inner) { self.inner = inner }

    func respond(to request: Request, context: Context) async throws -> Response {
        var head = request.head
        head.headerFields[.peerAddress] = context.peer
        let told = Request(head: head, body: request.body)
        return try await inner.respond(to: told, context: context.basic)
    }
}

extension HTTPField.Name {
    /// The address of the machine at the other end of the connection.
    static let peerAddress: Self = {
        guard let name = HTTPField.Name("X-Peer-Address") else {
            preconditionFailure("it has only letters and dashes")
        }
        return name
    }()
}
