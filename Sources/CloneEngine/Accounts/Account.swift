// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// Somebody who may log in; what he may do then is said by permissions.
package struct Account: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Account>

    package let id: ID
    /// The whole name, with the domain that vouches for it: `admin@internal`.
    package let name: String
    var password: PasswordHash
    package let createdAt: Date

    init(id: ID = ID(), name: String, password: PasswordHash, createdAt: Date) {
        (self.id, self.name, self.password, self.createdAt) = (id, name, password, createdAt)
    }

    /// The domain of accounts that the engine keeps itself.
    package static let internalDomain = "internal"
}

extension Account: FetchableRecord, PersistableRecord {
    static let databaseTableName = "account"
}

/// What a caller shows instead of a password, until it expires or is taken back.
///
/// The store keeps a hash of it: who reads the store cannot log in.
struct AccessToken: Codable, Hashable, Sendable {
    let hash: Data
    let userName: String
    let createdAt: Date
    var expiresAt: Date
}

extension AccessToken: FetchableRecord, PersistableRecord {
    static let databaseTableName = "accessToken"
}
