// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// A disk, whatever VMs have it.
struct DiskDocument: TableRow {
    /// One file of a disk's chain.
    struct Volume: Encodable {
        let id: String
        let path: String
        /// `raw` or `cow`.
        let format: String
        /// `sparse` or `preallocated`.
        let allocation: String
        /// `ok`, `locked` or `illegal`.
        let status: String
        /// The name of the storage domain; left out for a file that was adopted.
        let domain: String?
    }

    let id: String
    let alias: String
    /// `image` or `lun`.
    let kind: String
    let isShareable: Bool
    let capacityBytes: UInt64
    let lunPath: String?
    let createdAt: Date
    /// The chain, the lowest first.
    let volumes: [Volume]
    /// The names of the VMs that have it attached.
    let vms: [String]

    init(_ entry: ListDisks.Entry, _ domains: [StorageDomain.ID: String]) {
        let disk = entry.disk
        (id, alias, kind) = (disk.id.rawValue, disk.alias, disk.kind.rawValue)
        (isShareable, capacityBytes) = (disk.isShareable, disk.capacityBytes)
        (lunPath, createdAt, vms) = (disk.lunPath, disk.createdAt, entry.vmNames)
        volumes = entry.volumes.map { Volume($0, $0.domainID.flatMap { domains[$0] }) }
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("ALIAS", \.alias),
        .number("SIZE") { size($0.capacityBytes) }, Column("FORMAT", \.formats),
        .number("LAYERS") { "\($0.volumes.count)" }, Column("PLACE", \.place),
        Column("VMS") { $0.vms.joined(separator: ",") },
    ]

    private var formats: String {
        let top = volumes.last.map { "\($0.format) \($0.allocation)" } ?? kind
        return isShareable ? "\(top) shareable" : top
    }

    private var place: String { lunPath ?? volumes.last?.domain ?? volumes.last?.path ?? "-" }
}

extension DiskDocument.Volume {
    fileprivate init(_ volume: CloneEngine.Volume, _ domain: String?) {
        (id, path, self.domain) = (volume.id.rawValue, volume.path, domain)
        (format, allocation) = (volume.format.rawValue, volume.allocation.rawValue)
        status = volume.status.rawValue
    }
}
