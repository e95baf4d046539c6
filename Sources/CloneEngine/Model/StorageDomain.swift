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

    /// How the directory's files are arranged.
    ///
    /// A domain whose volumes are block devices would be one more; there is none. What copies volumes
    /// needs no change for it: a preallocated raw target may be a device.
    package enum Layout: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        /// As oVirt does it: a folder for each disk, and metadata beside each volume.
        case images
        /// Files with names for people, as libvirt's pools have them; nothing else is put there.
        case flat
    }

    package let id: ID
    package var name: String
    /// The absolute path of the directory, without symbolic links.
    package let path: String
    package var status: Status
    package let createdAt: Date
    package let layout: Layout
    /// The hypervisor that told of it; nil for one of the engine's own.
    package var hypervisor: String?

    package init(
        id: ID = ID(),
        name: String,
        path: String,
        createdAt: Date,
        layout: Layout = .images,
        hypervisor: String? = nil
    ) {
        (self.id, self.name, self.path) = (id, name, path)
        (self.createdAt, self.layout, self.hypervisor) = (createdAt, layout, hypervisor)
        status = .active
    }
}

extension StorageDomain: FetchableRecord, PersistableRecord {
    static let databaseTableName = "storageDomain"
}
