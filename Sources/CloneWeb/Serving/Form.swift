// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Hummingbird

/// Named texts, as a form sends them or a URL has them.
struct Form: Sendable, Equatable {
    /// More than any page of this site sends.
    static let maximumBytes = 64 << 10

    private var values: [String: String] = [:]

    init() {}

    /// Reads `a=1&b=two+words`; of a name that is there twice the last counts.
    ///
    /// - Throws: `HTTPError` for what is no such text.
    init(urlEncoded text: String) throws {
        guard text.utf8.count <= Form.maximumBytes else { throw HTTPError(.contentTooLarge) }
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Form.decoded(parts[0]),
                let value = parts.count > 1 ? Form.decoded(parts[1]) : ""
            else { throw HTTPError(.badRequest, message: "The form cannot be read.") }
            values[name] = value
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    /// The text of a name without spaces around it; nil when there is none.
    subscript(name: String) -> String? {
        guard let value = values[name]?.trimmingCharacters(in: .whitespaces), !value.isEmpty else {
            return nil
        }
        return value
    }

    /// The text as it was sent; empty when there is none.
    func exactly(_ name: String) -> String { values[name] ?? "" }

    /// Whether a box was ticked.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// All names.
    var names: [String] { values.keys.sorted() }

    /// True when nothing was sent.
    var isEmpty: Bool { values.isEmpty }
}
