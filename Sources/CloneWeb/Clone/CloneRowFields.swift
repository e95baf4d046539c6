// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// The fields of a disk's row: as they were filled in, or as the snapshot has them.
struct CloneRowFields {
    private let configured: ConfiguredDisk
    private let copy: ClonePlan.Copy?
    private let wish: CloneWish
    /// The names of those that something is wrong with.
    private let wrong: Set<String>
    private var id: Disk.ID { configured.disk.id }

    init(
        _ configured: ConfiguredDisk,
        _ copy: ClonePlan.Copy?,
        _ wish: CloneWish,
        wrong: Set<String>
    ) {
        (self.configured, self.copy) = (configured, copy)
        (self.wish, self.wrong) = (wish, wrong)
    }

    var alias: Field { text("alias", "Alias", wish[id, "alias"]) }

    var boot: Field {
        let old = wish.isNew ? configured.attachment.bootOrder.map(String.init) : nil
        return text("boot", "Boot order", wish[id, "boot"] ?? old)
    }

    var format: Field {
        let old = copy?.shape.format ?? configured.volume?.format
        return choice("format", "Format", Volume.Format.allCases.map { ($0.rawValue, $0.label) }) {
            old?.rawValue
        }
    }

    var allocation: Field {
        let all = Volume.Allocation.allCases.map { ($0.rawValue, $0.label) }
        return choice("allocation", "Allocation policy", all) {
            (copy?.shape.allocation ?? configured.volume?.allocation)?.rawValue
        }
    }

    var interface: Field {
        let all = DiskAttachment.Interface.allCases.map { ($0.rawValue, $0.label) }
        return choice("interface", "Interface", all) { configured.attachment.interface.rawValue }
    }

    func domain(_ domains: [ListStorageDomains.Entry]) -> Field {
        let active = domains.filter { $0.domain.status == .active || $0.domain == copy?.domain }
        return choice(
            "domain",
            "Target",
            active.map { ($0.domain.id.rawValue, $0.domain.name) }
        ) { copy?.domain.id.rawValue }
    }

    private func text(_ name: String, _ label: String, _ value: String?) -> Field {
        let label = "\(label) of \(configured.disk.alias)"
        return marked(Field(CloneWish.field(id, name), label, value), name)
    }

    private func choice(
        _ name: String,
        _ label: String,
        _ all: [(String, String)],
        _ old: () -> String?
    ) -> Field {
        let label = "\(label) of \(configured.disk.alias)"
        let field = Field(CloneWish.field(id, name), label, of: all, wish[id, name] ?? old())
        return marked(field, name)
    }

    private func marked(_ field: Field, _ name: String) -> Field {
        var field = field
        field.isWrong = wrong.contains(name)
        return field
    }
}
