// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Reads the document that comes with a request.
enum RequestDocument {
    /// How long a client may take to send one.
    private static let patience = Duration.seconds(60)

    /// The document; nil when there is none.
    ///
    /// - Throws: `Fault`, when it is too long, too slow, or cannot be understood.
    static func read(_ request: Request, as name: String) async throws(Fault) -> Element? {
        let data = try await collect(request.body)
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

    private static func collect(_ body: RequestBody) async throws(Fault) -> Data {
        do {
            return try await withThrowingTaskGroup(of: Data.self) { group in
                group.addTask {
                    Data(buffer: try await body.collect(upTo: DocumentLimits.bytes))
                }
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw Fault(.requestTimeout, "Timeout", "The document did not come in time.")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? Data()
            }
        } catch let fault as Fault { throw fault } catch {
            throw Fault(
                .contentTooLarge,
                "Too large",
                "A document has at most \(DocumentLimits.bytes) bytes."
            )
        }
    }
}

extension Data {
    fileprivate init(buffer: ByteBuffer) { self.init(buffer.readableBytesView) }
}
