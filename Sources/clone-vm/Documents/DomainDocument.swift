// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// A storage domain.
struct DomainDocument: TableRow {
    let id: String
    let name: String
    /// `active` or `maintenance`.
    let status: String
    let path: String
    /// Left out when the directory is not there.
    let freeBytes: UInt64?
    let volumeCount: Int
    let createdAt: Date

    init(_ entry: ListStorageDomains.Entry) {
        let domain = entry.domain
        (id, name, status) = (domain.id.rawValue, domain.name, domain.status.rawValue)
        (path, createdAt) = (domain.path, domain.createdAt)
        (freeBytes, volumeCount) = (entry.freeBytes, entry.volumeCount)
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("NAME", \.name),
        Column("STATUS", \.status), .number("FREE") { $0.freeBytes.map(size) ?? "missing" },
        .number("VOLUMES") { "\($0.volumeCount)" }, Column("PATH", \.path),
    ]
}
