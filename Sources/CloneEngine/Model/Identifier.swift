// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

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

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package var description: String { rawValue }
}
