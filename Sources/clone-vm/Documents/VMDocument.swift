// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// A VM without what belongs to it.
struct VMDocument: TableRow {
    let id: String
    let name: String
    /// `down`, `up`, or `image_locked` while its disks are being made.
    let status: String
    let details: VMDetailsDocument
    let createdAt: Date

    init(_ vm: VirtualMachine) {
        (id, name, status) = (vm.id.rawValue, vm.name, vm.status.rawValue)
        (details, createdAt) = (VMDetailsDocument(vm.details), vm.createdAt)
    }

    static let columns: [Column<Self>] = [
        Column("ID") { String($0.id.prefix(8)) }, Column("NAME", \.name),
        Column("STATUS", \.status), .number("MEMORY") { size($0.details.memoryBytes) },
        .number("CPUS") { "\($0.details.processorCount)" },
        Column("CREATED") { local($0.createdAt) }, Column("DESCRIPTION", \.details.description),
    ]
}

/// What a person sets of a VM.
struct VMDetailsDocument: Document {
    let description: String
    let memoryBytes: UInt64
    let sockets: Int
    let coresPerSocket: Int
    let threadsPerCore: Int
    /// `bios` or `uefi`.
    let firmware: String

    init(_ details: VirtualMachine.Details) {
        (description, memoryBytes) = (details.description, details.memoryBytes)
        (sockets, coresPerSocket) = (details.processor.sockets, details.processor.coresPerSocket)
        (threadsPerCore, firmware) = (details.processor.threadsPerCore, details.firmware.rawValue)
    }

    var processorCount: Int { sockets * coresPerSocket * threadsPerCore }
}

/// A VM with all that belongs to it.
struct WholeVMDocument: Document {
    let vm: VMDocument
    let disks: [AttachedDiskDocument]
    let networkInterfaces: [NICDocument]
    let snapshots: [SnapshotDocument]

    init(_ answer: ShowVM.Answer) {
        vm = VMDocument(answer.vm)
        disks = answer.configuration.disks.map(AttachedDiskDocument.init)
        networkInterfaces = answer.configuration.networkInterfaces.map(NICDocument.init)
        snapshots = answer.snapshots.map(SnapshotDocument.init)
    }

    /// All of it for people.
    var page: String {
        let head = facts([
            ("VM", vm.name), ("id", vm.id), ("status", vm.status),
            ("created", local(vm.createdAt)),
        ])
        let lists = [section("Disks", disks), section("Network interfaces", networkInterfaces)]
        return ([head + "\n" + vm.details.page] + lists + [section("Snapshots", snapshots)])
            .filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

extension VMDetailsDocument {
    /// All of it for people.
    var page: String {
        let parts = "sockets \(sockets), cores \(coresPerSocket), threads \(threadsPerCore)"
        return facts([
            ("description", description), ("memory", size(memoryBytes)),
            ("processors", "\(processorCount) (\(parts))"), ("firmware", firmware),
        ])
    }
}

/// Lines that each tell one thing; those with nothing to tell are left out.
func facts(_ pairs: [(name: String, value: String)]) -> String {
    pairs.filter { !$0.value.isEmpty }.map { padded($0.name + ":", to: 14) + $0.value }
        .joined(separator: "\n")
}

/// A table below its title; nothing where there are no rows.
func section<Row: TableRow>(_ title: String, _ rows: [Row]) -> String {
    rows.isEmpty ? "" : "\(title):\n\(Table(rows).text)"
}
