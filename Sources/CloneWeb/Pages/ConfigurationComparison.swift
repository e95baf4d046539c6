// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// A VM as it was beside the VM as it is, with what differs marked.
struct ConfigurationComparison {
    private let then: VMConfiguration
    private let now: VMConfiguration

    init(then: VMConfiguration, now: VMConfiguration) { (self.then, self.now) = (then, now) }

    var parts: [Sheet.Part] {
        let tables = [
            ("General", general), ("Disks", table("disk", disks(then), disks(now))),
            ("Network interfaces", table("network interface", cards(then), cards(now))),
        ]
        return tables.map { title, table in
            var table = table
            table.isEven = true
            return .init(title, table)
        }
    }

    private var general: Table {
        let rows: [(String, String, String)] = [
            ("Name", then.name, now.name),
            ("Description", then.details.description, now.details.description),
            ("Memory", size(then.details.memoryBytes), size(now.details.memoryBytes)),
            ("CPUs", then.details.processor.label, now.details.processor.label),
            (
                "Firmware", then.details.firmware.rawValue.uppercased(),
                now.details.firmware.rawValue.uppercased()
            ),
        ]
        return Table(
            "Settings at the snapshot and now",
            [.init("Setting"), .init("At the snapshot"), .init("Now"), .init("Difference")],
            empty: "",
            rows: rows.map { name, then, now in
                let badge = then == now ? .nothing : Cell(Badge("Changed", .warning))
                let cells = [Cell(name), Cell(shown(then)), Cell(shown(now)), badge]
                return Table.Row(cells: cells, isFaint: then == now)
            }
        )
    }

    private func shown(_ text: String) -> String { text.isEmpty ? "–" : text }

    /// Devices by id, each with its name and its settings in words.
    private typealias Devices = [(id: String, name: String, words: String)]

    private func table(_ kind: String, _ then: Devices, _ now: Devices) -> Table {
        let old = Dictionary(then.map { ($0.id, $0) }) { first, _ in first }
        let new = Dictionary(now.map { ($0.id, $0) }) { first, _ in first }
        let ids = then.map(\.id) + now.map(\.id).filter { old[$0] == nil }
        return Table(
            "Each \(kind) at the snapshot and now",
            [.init("Name"), .init("At the snapshot"), .init("Now"), .init("Difference")],
            empty: "There was no \(kind), and there is none.",
            rows: ids.map { row(old[$0], new[$0]) }
        )
    }

    private func row(_ old: Devices.Element?, _ new: Devices.Element?) -> Table.Row {
        let badge: Badge? =
            switch (old, new) {
            case (nil, _): Badge("Added since", .good)
            case (_, nil): Badge("Removed since", .bad)
            case (let old?, let new?):
                old.words == new.words && old.name == new.name ? nil : Badge("Changed", .warning)
            }
        let cells = [
            Cell(new?.name ?? old?.name ?? ""), Cell(old?.words ?? "–"), Cell(new?.words ?? "–"),
            badge.map { Cell($0) } ?? .nothing,
        ]
        return Table.Row(cells: cells, isFaint: badge == nil)
    }

    private func disks(_ configuration: VMConfiguration) -> Devices {
        configuration.disks.map { disk in
            let attachment = disk.attachment
            let words = [
                size(disk.disk.capacityBytes), disk.disk.kindNote, attachment.interface.label,
                attachment.bootOrder.map { "boot \($0)" },
                attachment.isReadOnly ? "read only" : nil,
                attachment.isPlugged ? nil : "unplugged", attachment.address.short,
            ]
            return (
                disk.disk.id.rawValue, disk.disk.alias,
                words.compactMap(\.self).joined(separator: ", ")
            )
        }
    }

    private func cards(_ configuration: VMConfiguration) -> Devices {
        configuration.networkInterfaces.map { card in
            let words = [
                "\(card.macAddress)", card.model.rawValue, card.network,
                card.isPlugged ? nil : "unplugged",
            ]
            return (card.id.rawValue, card.name, words.compactMap(\.self).joined(separator: ", "))
        }
    }
}
