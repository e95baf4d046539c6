// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// A VM as it was at one time.
package struct Snapshot: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Snapshot>

    package enum Kind: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        /// The VM's present state, which each VM has one of.
        case active
        case regular
    }

    package let id: ID
    package let vmID: VirtualMachine.ID
    package let kind: Kind
    package var description: String
    package let createdAt: Date
    /// The VM's configuration at that time, as OVF; nil for the present state.
    package var configuration: String?

    package init(
        id: ID = ID(),
        vmID: VirtualMachine.ID,
        kind: Kind,
        description: String,
        createdAt: Date,
        configuration: String? = nil
    ) {
        (self.id, self.vmID, self.kind) = (id, vmID, kind)
        (self.description, self.createdAt) = (description, createdAt)
        self.configuration = configuration
    }
}

extension Snapshot: FetchableRecord, PersistableRecord {
    static let databaseTableName = "snapshot"
}

/// The volume that has the content of one disk at the time of a snapshot.
///
/// The row outlives disk and volume: a snapshot says what it had even when it is gone.
package struct SnapshotVolume: Codable, Hashable, Sendable {
    package let snapshotID: Snapshot.ID
    package let diskID: Disk.ID
    package let volumeID: Volume.ID
    /// What the volume's file was like when the snapshot was first seen: it must not change again.
    package var fingerprint: String?
    /// Why the content is not that of the snapshot any more; nil when it is.
    package var damage: String?

    package init(snapshotID: Snapshot.ID, diskID: Disk.ID, volumeID: Volume.ID) {
        (self.snapshotID, self.diskID, self.volumeID) = (snapshotID, diskID, volumeID)
    }
}

extension SnapshotVolume: FetchableRecord, PersistableRecord {
    static let databaseTableName = "snapshotVolume"
}
