// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// A network card of a VM.
struct NICDocument: TableRow {
    let id: String
    let name: String
    let macAddress: String
    /// `virtio`, `e1000`, `e1000e` or `rtl8139`.
    let model: String
    let network: String?
    let isPlugged: Bool
    /// As oVirt writes it.
    let address: String
    private let place: String

    init(_ card: NetworkInterface) {
        (id, name) = (card.id.rawValue, card.name)
        (macAddress, model) = (card.macAddress.description, card.model.rawValue)
        (network, isPlugged) = (card.network, card.isPlugged)
        (address, place) = (card.address.description, card.address.short)
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, macAddress, model, network, isPlugged, address
    }

    static let columns: [Column<Self>] = [
        Column("NAME", \.name), Column("MAC", \.macAddress), Column("MODEL", \.model),
        Column("NETWORK") { $0.network ?? "-" }, Column("PLUGGED") { yesNo($0.isPlugged) },
        Column("ADDRESS", \.place),
    ]
}

/// A truth for people.
func yesNo(_ value: Bool) -> String { value ? "yes" : "no" }
