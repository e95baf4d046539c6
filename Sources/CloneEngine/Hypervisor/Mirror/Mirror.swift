// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// Makes the store say of a hypervisor's VMs what the hypervisor says now.
///
/// What has not changed is not written. What the hypervisor does not know stays as it is: the engine's
/// own VMs, disks that are attached and not plugged, clones that are being made.
final class Mirror {
    let inventory: Inventory
    let survey: Survey
    let hypervisor: String
    let context: CommandContext
    /// What has to be done to the store, in this order.
    private(set) var changes: [(CommandContext) throws -> Void] = []

    /// The disks that there should be, and the volumes by their paths.
    var disks: [Disk.ID: Disk] = [:]
    var volumes: [String: Volume] = [:]
    /// The present time, in a form that survives being stored.
    let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))

    init(
        _ inventory: Inventory,
        _ survey: Survey,
        of hypervisor: String,
        _ context: CommandContext
    ) {
        (self.inventory, self.survey) = (inventory, survey)
        (self.hypervisor, self.context) = (hypervisor, context)
    }

    /// Finds out what has to be done.
    func compare() throws {
        try compareMachines()
        // A clone that is being made is known to the hypervisor for a moment, when that is asked whether
        // it would take it.
        let machines = try inventory.machines.filter {
            try context.vm($0.id)?.status != .imageLocked
        }
        for machine in machines {
            for drive in machine.hardware.drives { try register(drive, of: machine) }
            for state in machine.snapshots { try register(state, of: machine) }
        }
        try compareDomains()
        try compareDisks()
        for machine in machines {
            try compareDevices(machine)
            try compareSnapshots(machine)
        }
    }

    func change(_ body: @escaping (CommandContext) throws -> Void) { changes.append(body) }

    /// Stores a row unless it is there, the same.
    func save<Row: FetchableRecord & PersistableRecord & Equatable & Sendable>(
        _ row: Row,
        unless known: Row?
    ) {
        guard row != known else { return }
        change { try row.save($0.database) }
    }

    /// Removes what is known and not there any more.
    func remove<Row: PersistableRecord & Sendable>(_ row: Row) {
        change { _ = try row.delete($0.database) }
    }
}

extension Mirror {
    /// VMs that have come, changed their names or gone.
    private func compareMachines() throws {
        let known = try VirtualMachine.filter(Column("hypervisor") == hypervisor)
            .fetchAll(context.database)
        let names = try self.names()
        for gone in known
        where names[gone.id] == nil && gone.status != .imageLocked {
            change { context in
                // Its files are whose they are now: it may be defined again in a moment.
                try gone.delete(context.database)
                try context.removePermissions(on: .vm(gone.id))
                try context.log(.vmForgotten(vm: gone.name, by: self.hypervisor), vm: gone.id)
            }
        }
        // A name may go from one VM to another: for a moment those that change have none.
        for old in known where names[old.id].map({ $0 != old.name }) ?? false {
            change { context in
                var nameless = old
                nameless.name = old.id.rawValue
                try nameless.update(context.database)
                let kind = Event.Kind.vmRenamed(from: old.name, to: names[old.id] ?? "")
                try context.log(kind, vm: old.id)
            }
        }
        for machine in inventory.machines { try compare(machine, names[machine.id] ?? "") }
    }

    private func compare(_ machine: Inventory.Machine, _ name: String) throws {
        let known = try context.vm(machine.id)
        guard known?.status != .imageLocked else { return }
        var vm = known ?? VirtualMachine(id: machine.id, name: name, createdAt: now)
        (vm.name, vm.details) = (name, machine.hardware.details)
        (vm.status, vm.hypervisor) = (machine.isRunning ? .up : .down, hypervisor)
        save(vm, unless: known)
    }

    /// The VMs' names; one that another VM has already gets the beginning of the id as well.
    private func names() throws -> [VirtualMachine.ID: String] {
        let ids = Set(inventory.machines.map(\.id))
        let others = try VirtualMachine.fetchAll(context.database).filter { !ids.contains($0.id) }
            .filter { $0.hypervisor != hypervisor || $0.status == .imageLocked }
        let taken = Set(others.map(\.name))
        return Dictionary(
            inventory.machines.map { machine in
                let isTaken = taken.contains(machine.name)
                let suffix = isTaken ? "-\(machine.id.rawValue.prefix(8))" : ""
                return (machine.id, machine.name + suffix)
            }
        ) { first, _ in first }
    }

    /// Pools, and the directories that disks lie in: places that clones can be made in.
    private func compareDomains() throws {
        let known = try StorageDomain.fetchAll(context.database)
        let paths = Set(known.map(\.path)), names = Set(known.map(\.name))
        var added: Set<String> = []
        for pool in inventory.pools where !paths.contains(pool.path) {
            guard added.insert(pool.path).inserted else { continue }
            let isTaken = names.contains(pool.name)
            add(
                pool.id,
                isTaken ? "\(pool.name)-\(pool.id.rawValue.prefix(8))" : pool.name,
                pool.path
            )
        }
        for path in Set(volumes.values.map(\.path).compactMap(Mirror.directory)).sorted()
        where !paths.contains(path) && added.insert(path).inserted {
            add(StorageDomain.ID(derivedFrom: "directory", path), path, path)
        }
        let wanted = added.union(inventory.pools.map(\.path))
            .union(volumes.values.map(\.path).compactMap(Mirror.directory))
        for domain in known where domain.hypervisor == hypervisor && !wanted.contains(domain.path) {
            let count = Volume.filter(Column("domainID") == domain.id)
            guard try count.isEmpty(context.database) else { continue }
            remove(domain)
        }
    }

    /// The directory of a file; nil for a device.
    private static func directory(of path: String) -> String? {
        path.hasPrefix("/dev/") ? nil : URL(filePath: path).deletingLastPathComponent().path
    }

    private func add(_ id: StorageDomain.ID, _ name: String, _ path: String) {
        let domain = StorageDomain(
            id: id,
            name: name,
            path: path,
            createdAt: now,
            layout: .flat,
            hypervisor: hypervisor
        )
        save(domain, unless: nil)
    }
}
