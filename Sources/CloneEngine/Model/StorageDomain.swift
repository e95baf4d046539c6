// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// A directory whose volumes the engine makes and removes.
package struct StorageDomain: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<StorageDomain>

    /// Whether volumes of the domain may be used.
    package enum Status: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case active, maintenance
    }

    package let id: ID
    package var name: String
    /// The absolute path of the directory, without symbolic links.
    package let path: String
    package var status: Status
    package let createdAt: Date

    package init(id: ID = ID(), name: String, path: String, createdAt: Date) {
        (self.id, self.name, self.path) = (id, name, path)
        self.createdAt = createdAt
        status = .active
    }
}

extension StorageDomain: FetchableRecord, PersistableRecord {
    static let databaseTableName = "storageDomain"
}
