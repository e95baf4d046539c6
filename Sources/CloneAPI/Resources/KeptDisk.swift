// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// A disk as a snapshot has it.
struct KeptDisk {
    private let configured: ConfiguredDisk
    /// The volume that has its content; nil when it is gone.
    private let volume: Volume?
    private let snapshot: Snapshot

    init(_ configured: ConfiguredDisk, _ entry: ListDisks.Entry?, _ snapshot: Snapshot) {
        (self.configured, self.snapshot) = (configured, snapshot)
        volume = entry?.volumes.first { $0.id == configured.disk.activeVolumeID }
    }

    /// The disk as oVirt shows it, below its snapshot.
    func element(below base: String) -> Element {
        let disk = configured.disk
        return Element(
            "disk",
            href: "\(base)/disks/\(disk.id)",
            id: disk.id.rawValue,
            disk.general(
                configured.volume,
                actualBytes: volume?.allocatedBytes,
                status: status,
                in: volume?.domainID
            ) + [
                Element("snapshot", href: base, id: snapshot.id.rawValue),
                Element("vm", href: Address.vm(snapshot.vmID), id: snapshot.vmID.rawValue),
            ]
        )
    }

    private var status: String {
        configured.volume == nil ? "ok" : volume?.status.rawValue ?? "illegal"
    }
}
