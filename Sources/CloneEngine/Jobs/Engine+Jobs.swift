// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

extension Engine {
    /// Finishes a job whose steps are all done.
    func complete(_ job: Job) throws {
        try defineMachine(of: job)
        try change(as: Session(of: job)) { context in
            switch job.work {
            case .clone(let work): try context.complete(work, job)
            case .deleteSnapshot(let work): try context.complete(work, job)
            }
            try context.end(job, .finished, nil)
        }
    }

    /// Takes back what a job has done, and says why.
    func undo(_ job: Job, after failure: EngineError?) throws {
        try undefineMachine(of: job)
        try change(as: Session(of: job)) { context in
            switch job.work {
            case .clone(let work): try context.undo(work, job, failure)
            case .deleteSnapshot(let work): try context.undo(work, job, failure)
            }
            let status: Job.Status = failure?.isCancellation == true ? .aborted : .failed
            try context.end(job, status, failure?.description ?? "The process was interrupted.")
        }
    }

    /// Finishes or undoes the jobs of processes that are gone, but for those to be gone on with.
    package func recover() throws {
        try FileNotes.settle(in: stateDirectory) { paths in
            let strays = try store.read { database in
                try paths.filter { try Volume.filter(Column("path") == $0).isEmpty(database) }
            }
            Engine.remove(strays)
        }
        for job in try jobs(where: { !$0.canResume($1) }) {
            guard let ownership = try? JobOwnership(of: job.id, in: stateDirectory) else {
                continue
            }
            do { try settle(job) } catch let error as EngineError where job.isOfMachine {
                // The job of a hypervisor's VM waits until somebody is connected to that.
                guard error.isUnreachable || error.isNotConnected else { throw error }
                continue
            }
            ownership.end()
        }
    }

    /// Asks a job to stop, in whatever process it runs; one that nobody is at work on is undone.
    ///
    /// - Throws: `EngineError` when there is none, it has ended, or it is somebody else's.
    package func cancel(_ id: Job.ID, as session: Session) throws(EngineError) {
        try run(CancelJob(id: id), as: session)
        do { try recover() } catch { throw EngineError(failure: error) }
    }

    private func settle(_ job: Job) throws {
        let (current, steps) = try store.read { database in
            (try Job.fetchOne(database, key: job.id), try JobStep.ofJob(job.id).fetchAll(database))
        }
        guard current?.status == .started else { return }
        let isCopied = !steps.isEmpty && steps.allSatisfy { $0.status == .finished }
        if try isCopied || isDoneByHypervisor(job) {
            try complete(job)
        } else {
            try undo(job, after: nil)
        }
    }

    private func isDoneByHypervisor(_ job: Job) throws -> Bool {
        if case .deleteSnapshot(let work) = job.work { try isGone(work) } else { false }
    }
}

extension Job {
    /// True when a hypervisor has to be told, or asked, how the job ends.
    fileprivate var isOfMachine: Bool {
        switch work {
        case .clone(let work): work.machine != nil
        case .deleteSnapshot(let work): work.hypervisor != nil
        }
    }
}

extension EngineError {
    fileprivate var isNotConnected: Bool { refusals.contains { $0.key == "NOT_CONNECTED" } }
}

extension Session {
    init(of job: Job) { self.init(userName: job.userName, correlationID: job.correlationID) }
}

extension CommandContext {
    /// Marks a job as ended and takes its locks back.
    fileprivate func end(_ job: Job, _ status: Job.Status, _ failure: String?) throws {
        guard var job = try Job.fetchOne(database, key: job.id) else { return }
        (job.status, job.endedAt, job.failure) = (status, Date(), failure)
        try job.update(database)
        for var step in try JobStep.ofJob(job.id).fetchAll(database) where step.status == .started {
            // What had not ended when the job failed was stopped; nothing is known against it.
            step.status = status == .finished ? .finished : .aborted
            step.endedAt = step.startedAt == nil ? nil : job.endedAt
            try step.update(database)
        }
        try Lock.filter(Column("jobID") == job.id).deleteAll(database)
    }

    fileprivate func complete(_ work: CloneWork, _ job: Job) throws {
        for copy in work.copies {
            guard var volume = try volume(copy.target.volumeID), let disk = try disk(volume.diskID)
            else { continue }
            volume.status = .ok
            try volume.update(database)
            try volume.writeMetadata(of: disk)
        }
        guard var vm = try vm(work.vmID) else { return }
        vm.status = .down
        try vm.update(database)
        try log(.cloneFinished(vm: vm.name), vm: vm.id, job: job.id)
    }

    fileprivate func undo(_ work: CloneWork, _ job: Job, _ failure: EngineError?) throws {
        if let vm = try vm(work.vmID) { try remove(vm) }
        let isCancelled = failure?.isCancellation == true
        let event: Event.Kind =
            failure == nil
            ? .cloneUndone(vm: work.vmName)
            : isCancelled ? .cloneCancelled(vm: work.vmName) : .cloneFailed(vm: work.vmName)
        try log(event, vm: work.vmID, job: job.id)
    }
}

/// Notes that a running job is to stop, which whoever is at work on it looks for.
struct CancelJob: Command {
    var looksAtMachines: Bool { false }

    let id: Job.ID

    func validate(_ context: CommandContext) throws -> [Refusal] {
        guard let job = try Job.fetchOne(context.database, key: id),
            try context.isVisible("job", id, Visibility(context).jobs)
        else { return [.notFound("job", id.rawValue)] }
        let isOwn = job.userName == context.session.userName
        let object = job.vmID.map { ObjectReference.vm($0) } ?? .system
        let refusals = isOwn ? [] : try context.permission(.editVM, on: object)
        guard job.status != .started else { return refusals }
        let reason = "The job has ended: it is \(job.status.rawValue)."
        return refusals + [.cannot("cancel job", "JOB_HAS_ENDED", reason)]
    }

    func run(_ context: CommandContext) throws {
        guard var job = try Job.fetchOne(context.database, key: id) else { return }
        job.isCancelled = true
        try job.update(context.database)
    }
}
