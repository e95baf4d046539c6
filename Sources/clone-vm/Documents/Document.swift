// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// Something that programs read as one line of JSON; its fields are a promise.
///
/// Sizes are in bytes and their names end so; times are as in ISO 8601; what is not there is left out.
protocol Document: Encodable {}

extension Array: Document where Element: Document {}

extension Document {
    /// The line, with its fields in alphabetical order.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A command without an outcome is done.
struct DoneDocument: Document {
    let status = "done"
}

/// Why something is not done.
struct ErrorDocument: Document {
    struct Refusal: Encodable {
        /// A name for programs, such as `NAME_ALREADY_USED`.
        let key: String
        /// One of badRequest, conflict, internalError, forbidden, notFound.
        let kind: String
        /// One sentence for people.
        let message: String
    }

    let status = "failed"
    /// The kind of the whole, which the exit code follows.
    let kind: String
    let refusals: [Refusal]

    init(_ error: EngineError) {
        kind = error.kind.rawValue
        refusals = error.refusals.map {
            Refusal(key: $0.key, kind: $0.kind.rawValue, message: $0.text)
        }
    }
}
