// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import GRDB

/// The id of one kind of thing: a random UUID in lower case, as oVirt writes them.
package struct Identifier<Kind>: RawRepresentable, Hashable, Sendable, Codable,
    CustomStringConvertible, DatabaseValueConvertible
{
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A new one, that nothing else has.
    package init() { rawValue = UUID().uuidString.lowercased() }

    /// The same one for the same words, whenever and by whomever it is asked for.
    package init(derivedFrom words: String...) {
        let digest = SHA256.hash(data: Data(words.joined(separator: "\0").utf8))
        var digits = digest.prefix(16).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        // RFC 9562: version 8, of the maker's own; the variant.
        digits[6] = "8" + digits[6].suffix(1)
        digits[8] = "a" + digits[8].suffix(1)
        for place in [10, 8, 6, 4] { digits.insert("-", at: place) }
        rawValue = digits.joined()
    }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package var description: String { rawValue }
}
