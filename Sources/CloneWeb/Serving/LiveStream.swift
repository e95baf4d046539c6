// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// A page's inner part, sent again whenever it has changed: server-sent events.
///
/// Ends when the client goes away, and when its session or the server does.
struct LiveStream: AsyncSequence, Sendable {
    static let mediaType = "text/event-stream"
    private static let interval = Duration.milliseconds(400)
    /// A line now and then finds out that a client is gone, and looks whether a change was missed.
    private static let roundsBetweenSigns = 12
    /// Browsers open a new stream at the end of one.
    private static let maximumRounds = 1500

    let site: Site
    let visit: Visit
    let handler: VisitRoutes.Handler

    var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: LiveStream.mediaType, .cacheControl: "no-store"],
            body: ResponseBody(asyncSequence: self)
        )
    }

    func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    struct Iterator: AsyncIteratorProtocol {
        let stream: LiveStream
        private var round = 0
        private var mark = ""
        private var sent = ""

        init(stream: LiveStream) { self.stream = stream }

        mutating func next() async throws -> ByteBuffer? {
            while round < LiveStream.maximumRounds {
                if round > 0 { try await Task.sleep(for: LiveStream.interval) }
                defer { round += 1 }
                // Browsers try again, and find the server that comes after this one.
                guard !Task.isShuttingDownGracefully else { return nil }
                guard try stream.site.engine.isValid(stream.visit.visitor.token) else {
                    round = LiveStream.maximumRounds
                    return LiveStream.message("", named: "end")
                }
                if let change = try await change() { return change }
                if round % LiveStream.roundsBetweenSigns == 0 { return ByteBuffer(string: ":\n\n") }
            }
            return nil
        }

        /// The page, when it is another one than was sent.
        private mutating func change() async throws -> ByteBuffer? {
            let latest = stream.site.engine.changeMark
            guard latest != mark || round % LiveStream.roundsBetweenSigns == 0 else { return nil }
            mark = latest
            let page = try await stream.text()
            guard page != sent else { return nil }
            sent = page
            return LiveStream.message(page, named: "page")
        }
    }

    /// The page's inner part; empty when it is gone.
    private func text() async throws -> String {
        try await blocking {
            guard case .page(let page) = try? handler(visit) else { return "" }
            return try Frame(page, visitor: visit.visitor, in: site, path: nil, isFragment: true)
                .text(site)
        }
    }

    private static func message(_ text: String, named name: String) -> ByteBuffer {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let data = lines.map { "data: \($0)\n" }.joined()
        return ByteBuffer(string: "event: \(name)\n\(data)\n")
    }
}
