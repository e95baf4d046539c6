// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import ChainCollapse
package import Foundation
internal import GRDB

/// One file of a disk's chain.
package struct Volume: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Volume>

    package enum Format: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case raw
        /// Copy on write: qcow2.
        case cow

        package var imageFormat: ImageFormat { self == .raw ? .raw : .qcow2 }
    }

    /// Whether space is taken as it is written, or all at once.
    package enum Allocation: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case sparse, preallocated
    }

    /// Whether the content can be used.
    package enum Status: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case ok
        /// Being made.
        case locked
        /// Known to be bad.
        case illegal
    }

    package let id: ID
    package let diskID: Disk.ID
    /// The domain that has it; nil for a file elsewhere that was adopted.
    package let domainID: StorageDomain.ID?
    /// The volume below it.
    package var parentID: ID?
    /// The absolute path of the file.
    package let path: String
    package let format: Format
    package let allocation: Allocation
    package let capacityBytes: UInt64
    package var status: Status
    package let createdAt: Date

    package init(
        id: ID = ID(),
        diskID: Disk.ID,
        domainID: StorageDomain.ID?,
        parentID: ID? = nil,
        path: String,
        format: Format,
        allocation: Allocation,
        capacityBytes: UInt64,
        status: Status,
        createdAt: Date
    ) {
        (self.id, self.diskID, self.domainID) = (id, diskID, domainID)
        (self.parentID, self.path) = (parentID, path)
        (self.format, self.allocation) = (format, allocation)
        (self.capacityBytes, self.status) = (capacityBytes, status)
        self.createdAt = createdAt
    }
}

extension Volume: FetchableRecord, PersistableRecord {
    static let databaseTableName = "volume"
}
