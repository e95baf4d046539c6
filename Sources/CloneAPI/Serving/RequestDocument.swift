// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Reads the document that comes with a request.
enum RequestDocument {
    /// The document; nil when there is none.
    ///
    /// - Throws: `Fault`, when it is too long, too slow, or cannot be understood.
    static func read(
        _ request: Request,
        as name: String,
        within patience: Duration
    ) async throws(Fault) -> Element? {
        let data = try await request.body.collect(upTo: DocumentLimits.bytes, within: patience)
        guard !data.allSatisfy({ $0 <= 0x20 }) else { return nil }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        if type.contains("json") { return try JSONReader.read(data, as: name) }
        if type.isEmpty || type.contains("xml") { return try XMLReader.read(data) }
        throw Fault(
            .unsupportedMediaType,
            "Unsupported media type",
            "Documents are sent as application/xml or application/json."
        )
    }
}

extension RequestBody {
    /// All of it.
    ///
    /// - Throws: `Fault`, when it is too long or too slow.
    func collect(upTo limit: Int, within patience: Duration) async throws(Fault) -> Data {
        do {
            return try await withThrowingTaskGroup(of: Data.self) { group in
                group.addTask { Data(try await collect(upTo: limit).readableBytesView) }
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw Fault(.requestTimeout, "Timeout", "The document did not come in time.")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? Data()
            }
        } catch let fault as Fault { throw fault } catch {
            throw Fault(.contentTooLarge, "Too large", "A document has at most \(limit) bytes.")
        }
    }
}
