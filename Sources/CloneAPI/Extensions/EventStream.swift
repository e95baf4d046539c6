// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Hummingbird
internal import ServiceLifecycle

/// Tells a client of events, and of how far jobs are, as it happens.
struct EventStream: Sendable {
    /// How often the store is looked at.
    private static let interval = Duration.milliseconds(500)
    /// A client that has gone away is noticed after at most so many looks without news.
    private static let quietLooks = 20
    private static let maximumEvents = 500

    private let call: Call
    private var hasBegun = false
    private var last: Int64
    private var jobs: [Job.ID: ListJobs.Entry] = [:]

    /// The answer to a client, which ends when either side goes away.
    @Sendable static func answer(_ call: Call) async throws -> Answer {
        // A client that comes again says what it has seen.
        let seen = call.headers[.lastEventID].flatMap { Int64($0) }
        let from = try call.number("from").map { Int64($0) }
        let stream = try await Workers.look { try EventStream(call, after: from ?? seen) }
        let body = ResponseBody { writer in
            var stream = stream
            while let text = try await stream.next() {
                try await writer.write(ByteBuffer(string: text))
            }
            try await writer.finish(nil)
        }
        return Answer(.ok, .other(type: "text/event-stream", body))
    }

    /// Starts behind an event; behind the newest when nil.
    private init(_ call: Call, after: Int64?) throws {
        self.call = call
        var newest = ListEvents(after: 0, limit: 1)
        newest.isLatest = true
        last = try after ?? call.ask(newest).last?.id ?? 0
    }

    /// What is to be told next, or a sign of life; nil at the end.
    private mutating func next() async throws -> String? {
        guard hasBegun else {
            hasBegun = true
            return ": connected\n\n"
        }
        for _ in 0..<EventStream.quietLooks {
            if Task.isShuttingDownGracefully { return nil }
            let news = try await news()
            if !news.isEmpty { return news }
            try await Task.sleep(for: EventStream.interval)
        }
        return try await isStillWelcome() ? ": \n\n" : nil
    }

    /// False once the client has logged out, or its account is gone.
    private func isStillWelcome() async throws -> Bool {
        guard let text = call.headers[.authorization], text.lowercased().hasPrefix("bearer ") else {
            return true
        }
        let token = String(text.dropFirst("bearer ".count))
        return try await Workers.look { try call.engine.userName(of: token) != nil }
    }

    private mutating func news() async throws -> String {
        let (last, known, call) = (last, Array(jobs.keys), call)
        let (events, entries) = try await Workers.look {
            let events = try call.ask(ListEvents(after: last, limit: EventStream.maximumEvents))
            let running = try call.ask(ListJobs(ListingOptions(search: "status = started")))
            // A job may have begun and ended since the last look: then only its events tell of it.
            let ended = Set(known + events.compactMap(\.jobID)).subtracting(running.map(\.job.id))
                .compactMap { try? call.ask(ShowJob(id: $0)) }
            return (events.entries, running.entries + ended)
        }
        self.last = events.last?.id ?? last
        var text = events.map { message("event", $0.element, id: $0.id) }.joined()
        for entry in entries where jobs[entry.job.id] != entry {
            text += message("job", entry.withSteps)
            jobs[entry.job.id] = entry.job.status == .started ? entry : nil
        }
        return text
    }

    private func message(_ kind: String, _ element: Element, id: Int64? = nil) -> String {
        let number = id.map { "id: \($0)\n" } ?? ""
        return "\(number)event: \(kind)\ndata: \(element.jsonLine)\n\n"
    }
}

extension Element {
    /// JSON on one line.
    fileprivate var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension ListJobs.Entry {
    /// The job with its steps in it.
    fileprivate var withSteps: Element {
        var element = element
        element.add([.list("steps", of: "step", stepElements)])
        return element
    }
}
