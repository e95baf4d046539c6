// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension Engine {
    /// Goes on with the clones of processes that are gone, where their copies were, if they were
    /// started to be gone on with.
    ///
    /// - Returns: the jobs, at work; without those that need a hypervisor which is not connected.
    package func resumeJobs() throws(EngineError) -> [RunningJob] {
        do {
            return try jobs { $0.canResume($1) && isConnected(for: $0) }.compactMap(resumed)
        } catch { throw EngineError(failure: error) }
    }

    /// Nil when another process is at work on it, or was faster.
    private func resumed(_ job: Job) throws -> RunningJob? {
        guard let ownership = try? JobOwnership(of: job.id, in: stateDirectory) else { return nil }
        let isStarted = try store.read { try Job.fetchOne($0, key: job.id)?.status == .started }
        guard isStarted else {
            ownership.end()
            return nil
        }
        try change(as: Session(of: job)) { context in
            guard case .clone(let work) = job.work else { return }
            try context.log(.cloneResumed(vm: work.vmName), vm: work.vmID, job: job.id)
        }
        return RunningJob(job, ownership, in: self)
    }

    private func isConnected(for job: Job) -> Bool {
        guard case .clone(let work) = job.work, let machine = work.machine else { return true }
        guard let outlook else { return false }
        return machine.draft.map { $0.hypervisor == outlook.hypervisor.name } ?? true
    }

    /// The jobs that have not ended and for which a condition holds, as they and their steps are.
    func jobs(where condition: (Job, [JobStep]) throws -> Bool) throws -> [Job] {
        try store.read { database in
            let started = SQLRequest<Job>(
                literal: "SELECT * FROM job WHERE status = \(Job.Status.started)"
            )
            return try started.fetchAll(database).filter { job in
                try condition(job, JobStep.ofJob(job.id).fetchAll(database))
            }
        }
    }
}

extension Job {
    /// True when there is something left to be done, nothing has failed, and nobody wants it to stop.
    func canResume(_ steps: [JobStep]) -> Bool {
        isResumable && !isCancelled && steps.contains { $0.status == .started }
            && steps.allSatisfy { $0.status == .started || $0.status == .finished }
    }
}
