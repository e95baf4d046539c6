// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Terminal

/// A disk as one VM has it.
struct AttachedDiskDocument: TableRow {
    let id: String
    let alias: String
    /// `image` or `lun`.
    let kind: String
    let isShareable: Bool
    let capacityBytes: UInt64
    /// `raw` or `cow`, of the volume; left out for a LUN, as is the allocation.
    let format: String?
    /// `sparse` or `preallocated`.
    let allocation: String?
    let lunPath: String?
    /// `virtio`, `virtio_scsi`, `sata` or `ide`.
    let interface: String
    let bootOrder: Int?
    let isReadOnly: Bool
    let isPlugged: Bool
    /// As oVirt writes it.
    let address: String
    private let place: String

    init(_ configured: ConfiguredDisk) {
        let (disk, attachment) = (configured.disk, configured.attachment)
        (id, alias, kind) = (disk.id.rawValue, disk.alias, disk.kind.rawValue)
        (isShareable, capacityBytes) = (disk.isShareable, disk.capacityBytes)
        (format, allocation) = (
            configured.volume?.format.rawValue, configured.volume?.allocation.rawValue
        )
        (lunPath, interface) = (disk.lunPath, attachment.interface.rawValue)
        (bootOrder, isReadOnly) = (attachment.bootOrder, attachment.isReadOnly)
        (isPlugged, address) = (attachment.isPlugged, attachment.address.description)
        place = attachment.address.short
    }

    private enum CodingKeys: String, CodingKey {
        case id, alias, kind, isShareable, capacityBytes, format, allocation, lunPath
        case interface, bootOrder, isReadOnly, isPlugged, address
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("ALIAS", \.alias),
        Column("FORMAT", \.shape), .number("SIZE") { size($0.capacityBytes) },
        Column("INTERFACE", \.interface), Column("PLUGGED") { yesNo($0.isPlugged) },
        .number("BOOT") { $0.bootOrder.map(String.init) ?? "-" }, Column("ADDRESS", \.place),
    ]

    private var shape: String {
        let words = [format ?? kind, allocation, isShareable ? "shareable" : nil]
        return words.compactMap(\.self).joined(separator: " ")
    }
}
