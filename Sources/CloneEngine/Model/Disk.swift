// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// A disk, whatever VMs have it attached.
package struct Disk: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Disk>

    /// Where a disk's content lies.
    package enum Kind: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        /// In a chain of volumes.
        case image
        /// On a block device that other hosts may use as well.
        case lun
    }

    package let id: ID
    package var alias: String
    package var description: String
    package var kind: Kind
    /// True when several VMs may have it attached, and write to it, at the same time.
    package var isShareable: Bool
    /// The size that a guest sees, in bytes.
    package var capacityBytes: UInt64
    /// The volume that a VM writes to; nil for a direct LUN.
    package var activeVolumeID: Volume.ID?
    /// The block device of a direct LUN.
    package var lunPath: String?
    package let createdAt: Date
    /// The hypervisor that knows the disk; nil for one of the engine's own.
    package var hypervisor: String?

    package init(
        id: ID = ID(),
        alias: String,
        description: String = "",
        kind: Kind = .image,
        isShareable: Bool = false,
        capacityBytes: UInt64,
        activeVolumeID: Volume.ID? = nil,
        lunPath: String? = nil,
        createdAt: Date,
        hypervisor: String? = nil
    ) {
        (self.id, self.alias, self.description) = (id, alias, description)
        (self.kind, self.isShareable, self.capacityBytes) = (kind, isShareable, capacityBytes)
        (self.activeVolumeID, self.lunPath) = (activeVolumeID, lunPath)
        (self.createdAt, self.hypervisor) = (createdAt, hypervisor)
    }

    /// True when a copy of the disk is no state it ever had, since others write to it.
    package var isShared: Bool { kind == .lun || isShareable }
}

extension Disk: FetchableRecord, PersistableRecord {
    static let databaseTableName = "disk"
}
