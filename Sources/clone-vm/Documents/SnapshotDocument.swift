// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// A snapshot, or a VM's present state.
struct SnapshotDocument: TableRow {
    let id: String
    /// `regular`, or `active` for the present state.
    let kind: String
    let description: String
    let createdAt: Date

    init(_ snapshot: Snapshot) {
        (id, kind) = (snapshot.id.rawValue, snapshot.kind.rawValue)
        (description, createdAt) = (snapshot.description, snapshot.createdAt)
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("KIND", \.kind),
        Column("CREATED") { local($0.createdAt) }, Column("DESCRIPTION", \.description),
    ]
}

/// A VM as it was at a snapshot.
struct ConfigurationDocument: Document {
    let snapshotID: String
    let vmID: String
    let vmName: String
    let details: VMDetailsDocument
    let createdAt: Date
    /// True when the VM was running: the guest had not written everything.
    let wasRunning: Bool
    let disks: [AttachedDiskDocument]
    let networkInterfaces: [NICDocument]

    init(_ id: Snapshot.ID, _ configuration: VMConfiguration) {
        (snapshotID, vmID) = (id.rawValue, configuration.vmID.rawValue)
        (vmName, details) = (configuration.name, VMDetailsDocument(configuration.details))
        (createdAt, wasRunning) = (configuration.createdAt, configuration.wasRunning)
        disks = configuration.disks.map(AttachedDiskDocument.init)
        networkInterfaces = configuration.networkInterfaces.map(NICDocument.init)
    }

    /// All of it for people.
    var page: String {
        let head = facts([
            ("VM", vmName), ("snapshot", snapshotID), ("created", local(createdAt)),
            ("running", yesNo(wasRunning)),
        ])
        let lists = [section("Disks", disks), section("Network interfaces", networkInterfaces)]
        return ([head + "\n" + details.page] + lists).filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }
}
