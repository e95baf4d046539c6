// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What speaks against a clone, until it is told where it belongs.
struct CloneReasons {
    private var refusals: [Refusal]
    /// The domains of disks that are copied.
    private let domains: [Disk.ID: StorageDomain.ID]

    init(_ refusals: [Refusal], _ plan: ClonePlan) {
        self.refusals = refusals
        domains = Dictionary(
            plan.copies.map { ($0.source.disk.id, $0.domain.id) }
        ) { first, _ in first }
    }

    /// Nobody has had the time to give a name yet.
    mutating func forgetName() { refusals.removeAll { $0.isAboutName } }

    /// The sentences of some reasons, which are told then.
    mutating func take(_ isTaken: (Refusal) -> Bool) -> [String] {
        let taken = refusals.filter(isTaken).map(\.text)
        refusals.removeAll(where: isTaken)
        return taken
    }

    /// The sentences about one disk.
    mutating func take(about disk: Disk.ID) -> [String] {
        take { $0.subject == .disk(disk) }
    }

    /// The sentences about the domain of a disk; they stay for others that go to the same.
    func about(domainOf disk: Disk.ID) -> [String] {
        guard let domain = domains[disk] else { return [] }
        return refusals.filter { $0.subject == .domain(domain) }.map(\.text)
    }

    /// The fields of a disk's row that something is said about.
    func fields(of disk: Disk.ID) -> Set<String> {
        let keys = refusals.filter { $0.subject == .disk(disk) }.map(\.key)
        let names = CloneReasons.fields.filter { beginning, _ in
            keys.contains { $0.hasPrefix(beginning) }
        }
        return Set(names.values.joined() + (about(domainOf: disk).isEmpty ? [] : ["domain"]))
    }

    /// The fields of a disk by beginnings of the reasons' keys.
    private static let fields = [
        "INVALID_NAME": ["alias"], "NAME_": ["alias"],
        "DISK_CONFIGURATION": ["format", "allocation"],
        "STORAGE_DOMAIN": ["domain"], "MISSED_STORAGES": ["domain"],
    ]

    /// Whether something is said about a disk.
    func speak(of disk: Disk.ID) -> Bool {
        refusals.contains { $0.subject == .disk(disk) }
    }

    /// What was told nowhere.
    var rest: [String] {
        let told = Set(domains.values.map { ObjectReference.domain($0) })
        let untold = refusals.filter { refusal in
            refusal.subject.map { !told.contains($0) } ?? true
        }
        return untold.map(\.text)
    }
}

extension Refusal {
    /// True when the new VM's name is the reason.
    var isAboutName: Bool {
        subject == nil && (key.hasPrefix("NAME_") || key == "INVALID_NAME")
    }
}
