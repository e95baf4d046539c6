// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The address of a network card: 48 bits, written as six bytes in hexadecimal.
package struct MACAddress: RawRepresentable, Hashable, Sendable, Codable, Comparable,
    CustomStringConvertible, DatabaseValueConvertible
{
    /// The 48 bits as a number.
    package let rawValue: Int64

    package init?(rawValue: Int64) {
        guard (0..<(1 << 48)).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// Reads six bytes with colons or dashes between them; not one that means many cards.
    package init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { ":-".contains($0) }
        guard parts.count == 6, parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        let bytes = parts.compactMap { UInt8($0, radix: 16) }
        guard bytes.count == 6, bytes[0] & 1 == 0 else { return nil }
        rawValue = bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let address = MACAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no MAC address: \(text)")
            )
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package static func < (left: MACAddress, right: MACAddress) -> Bool {
        left.rawValue < right.rawValue
    }

    package var description: String {
        stride(from: 40, through: 0, by: -8).map { shift in
            let digits = String(rawValue >> shift & 0xff, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: ":")
    }
}
