// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The addresses that network cards get by themselves.
package struct MACPool: Hashable, Sendable {
    /// The addresses, the first and the last among them.
    package let range: ClosedRange<MACAddress>

    package init(_ range: ClosedRange<MACAddress>) { self.range = range }

    /// The range that is used unless another is named: oVirt's.
    package static let standard: MACPool = {
        guard let first = MACAddress("56:6f:1a:1a:00:00"),
            let last = MACAddress("56:6f:1a:1a:ff:ff")
        else { preconditionFailure("both are addresses of single cards") }
        return MACPool(first...last)
    }()

    /// An address that no card has; nil when all are taken.
    ///
    /// The one behind the highest that is taken, which costs one look into the index and leaves
    /// those that were given up to be forgotten by the network; the first gap when that is the end.
    func next(in database: Database) throws -> MACAddress? {
        let (first, last) = (range.lowerBound.rawValue, range.upperBound.rawValue)
        guard let highest = try number("max(macAddress)", in: database) else {
            return range.lowerBound
        }
        if highest < last { return MACAddress(rawValue: highest + 1) }
        if try number("min(macAddress)", in: database) != first { return range.lowerBound }
        return try firstGap(in: database).flatMap(MACAddress.init(rawValue:))
    }

    /// The lowest or highest number of the range that is taken.
    private func number(_ expression: SQL, in database: Database) throws -> Int64? {
        let (first, last) = (range.lowerBound, range.upperBound)
        return try SQLRequest<Int64?>(
            """
            SELECT \(expression) FROM networkInterface WHERE macAddress BETWEEN \(first) AND \(last)
            """
        ).fetchOne(database) ?? nil
    }

    /// The address behind the first that has a free one behind it; the index is walked up to there.
    private func firstGap(in database: Database) throws -> Int64? {
        let (first, last) = (range.lowerBound, range.upperBound)
        return try SQLRequest<Int64>(
            """
            SELECT macAddress + 1 FROM networkInterface AS taken
            WHERE macAddress >= \(first) AND macAddress < \(last) AND NOT EXISTS (
                SELECT 1 FROM networkInterface WHERE macAddress = taken.macAddress + 1
            )
            ORDER BY macAddress LIMIT 1
            """
        ).fetchOne(database)
    }
}
