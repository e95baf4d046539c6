// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// Somebody who may log in.
struct UserDocument: TableRow {
    let id: String
    let name: String
    let createdAt: Date

    init(_ account: Account) {
        (id, name, createdAt) = (account.id.rawValue, account.name, account.createdAt)
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("NAME", \.name),
        Column("CREATED") { local($0.createdAt) },
    ]
}
