// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// How fast disks were copied lately, in bytes each second; nil before the first of some size.
package struct CopyRate: Query {
    /// Shorter copies tell more about starting than about copying.
    private static let minimumBytes: Int64 = 1 << 20
    private static let count = 20

    package init() {}

    package func answer(_ context: CommandContext) throws -> Double? {
        let steps =
            try JobStep
            .filter(Column("status") == Job.Status.finished)
            .filter(Column("copiedBytes") >= CopyRate.minimumBytes)
            .order(Column("endedAt").desc)
            .limit(CopyRate.count)
            .fetchAll(context.database)
        let seconds = steps.compactMap(\.seconds).reduce(0, +)
        guard seconds > 0 else { return nil }
        return Double(steps.reduce(0) { $0 + $1.copiedBytes }) / seconds
    }
}

extension JobStep {
    /// How long it has taken; nil before its end.
    fileprivate var seconds: Double? {
        guard let startedAt, let endedAt else { return nil }
        return endedAt.timeIntervalSince(startedAt)
    }
}
