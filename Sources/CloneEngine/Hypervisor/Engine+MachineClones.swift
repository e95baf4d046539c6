// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation
internal import GRDB

extension Engine {
    /// Makes a clone's definition, and has the hypervisor say whether it would take it, before anything
    /// is copied.
    ///
    /// - Throws: `EngineError` with the hypervisor's words.
    func prepareMachine(of job: Job) throws {
        guard let work = try currentClone(of: job), var machine = work.machine, let outlook,
            // An earlier process has been told so.
            machine.phase != .valid
        else { return }
        let draft = try outlook.hypervisor.draft(machine.wish(work.vmID, work.vmName))
        (machine.draft, machine.phase) = (draft, .validating)
        try save(machine, job)
        try outlook.hypervisor.validate(draft)
        machine.phase = .valid
        try save(machine, job)
        try change(as: Session(of: job)) { context in
            for remark in draft.remarks {
                let event = Event.Kind.machineChanged(vm: work.vmName, remark: remark)
                try context.log(event, vm: work.vmID, job: job.id)
            }
        }
    }

    /// In what a clone is going to differ from its source, besides its disks.
    func remarks(on machine: MachineClone?) throws(EngineError) -> [String] {
        guard let machine, let outlook else { return [] }
        let wish = machine.wish(VirtualMachine.ID(), "")
        return try outlook.hypervisor.draft(wish).remarks
    }

    /// Makes a clone known to the hypervisor, once its disks are complete.
    func defineMachine(of job: Job) throws {
        guard let work = try currentClone(of: job), var machine = work.machine,
            let draft = machine.draft
        else { return }
        let hypervisor = try hypervisor(named: draft.hypervisor)
        let directories = Set(work.copies.map { Directory.parent(of: $0.target.path) })
        try patiently(hypervisor.patience) { () throws(EngineError) in
            try hypervisor.refresh(directories)
        }
        machine.phase = .defined
        try save(machine, job)
        try draft.firmwareState?.copyNow()
        try hypervisor.define(draft)
    }

    /// Makes the hypervisor forget a clone that came to nothing.
    ///
    /// - Throws: `EngineError` when it may know the clone, and cannot be asked.
    func undefineMachine(of job: Job) throws {
        guard let work = try currentClone(of: job), let machine = work.machine else { return }
        if machine.mayBeDefined, let draft = machine.draft {
            let hypervisor = try hypervisor(named: draft.hypervisor)
            try hypervisor.undefine(work.vmID, keepsFirmwareState: true)
        }
        if let state = machine.draft?.firmwareState, machine.phase == .defined {
            try? Directory.remove(state.copy)
        }
    }

    /// The hypervisor that a job has begun with.
    func hypervisor(named name: String) throws(EngineError) -> any Hypervisor {
        guard let outlook, outlook.hypervisor.name == name else {
            throw EngineError.needsHypervisor(name)
        }
        return outlook.hypervisor
    }

    /// Tries again for a while: a hypervisor that is started anew is no reason to throw copies away.
    private func patiently(
        _ patience: Duration,
        _ body: () throws(EngineError) -> Void
    ) throws(EngineError) {
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(EngineError) { return try body() } catch {
                guard error.isUnreachable, ContinuousClock.now < deadline else { throw error }
                WorkerThreads.pause(.milliseconds(500))
            }
        }
    }

    private func currentClone(of job: Job) throws -> CloneWork? {
        let current = try store.read { try Job.fetchOne($0, key: job.id) }
        guard case .clone(let work)? = current?.work else { return nil }
        return work
    }

    private func save(_ machine: MachineClone, _ job: Job) throws {
        try store.write { database in
            guard var current = try Job.fetchOne(database, key: job.id),
                case .clone(var work) = current.work
            else { return }
            work.machine = machine
            current.work = .clone(work)
            try current.update(database)
        }
    }

    /// Throws unless the chains that are locked now are still those that the snapshot has.
    func verify(_ copies: [VolumeCopy], of job: Job) throws {
        guard case .clone(let work) = job.work, let machine = work.machine else { return }
        try look(maximumAge: LookAge.change)
        let chains = try store.read { database in
            let context = context(database, Session())
            return try SnapshotVolume.filter(Column("snapshotID") == machine.snapshotID)
                .fetchAll(database).filter { $0.damage == nil }
                .map { try context.chain(from: $0.volumeID).map(\.path) }
        }
        for copy in copies where !chains.contains(copy.sourcePaths) {
            throw EngineError.chainChanged(copy.diskAlias, machine.snapshotName)
        }
    }
}

extension CloneDraft.FirmwareState {
    /// Copies what the firmware has now, in place of what an earlier attempt has left.
    fileprivate func copyNow() throws {
        let files = FileManager.default
        if files.fileExists(atPath: copy) { try files.removeItem(atPath: copy) }
        try files.copyItem(atPath: source, toPath: copy)
        try Directory.flush(Directory.parent(of: copy))
    }
}

extension EngineError {
    /// True when the hypervisor does not answer.
    var isUnreachable: Bool { refusals.contains { $0.key == "HYPERVISOR_UNREACHABLE" } }

    fileprivate static func needsHypervisor(_ name: String) -> EngineError {
        let reason = "This is finished or undone by whoever connects to \(name) next."
        return EngineError(Refusal("NOT_CONNECTED", .conflict, reason))
    }

    fileprivate static func chainChanged(_ disk: String, _ snapshot: String) -> EngineError {
        let reason =
            "The images of disk \(disk) are not those of snapshot \(snapshot) any more: they have "
            + "changed while the clone was prepared. Please try again."
        return EngineError(Refusal("CHAIN_CHANGED", .conflict, reason))
    }
}
