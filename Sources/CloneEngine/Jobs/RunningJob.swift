// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A job that this process is at work on.
package final class RunningJob: Sendable {
    package let job: Job
    /// The steps as they are, now and then, and a last time at the end.
    package let progress: AsyncStream<[JobStep]>
    private let task: Task<Result<Void, EngineError>, Never>

    init(_ job: Job, _ ownership: JobOwnership, in engine: Engine) {
        self.job = job
        let (stream, continuation) = AsyncStream.makeStream(
            of: [JobStep].self,
            bufferingPolicy: .bufferingNewest(1)
        )
        progress = stream
        engine.running.begin(job.id)
        task = Task {
            let runner = JobRunner(job, engine) { continuation.yield($0) }
            let result = await runner.run()
            ownership.end()
            continuation.finish()
            engine.running.end(job.id)
            return result
        }
    }

    /// Asks the job to stop; it is undone then.
    package func cancel() { task.cancel() }

    /// Waits for the end.
    ///
    /// - Throws: `EngineError` when the job has failed or was cancelled; it is undone then.
    package func finish() async throws(EngineError) { try await task.value.get() }
}

extension Engine {
    /// Runs the command that stores a job, and goes to work on it.
    ///
    /// The job is this process's before anybody can see it.
    func start(
        _ command: some Command<Job>,
        _ id: Job.ID,
        as session: Session
    ) throws(EngineError) -> RunningJob {
        let ownership = try JobOwnership(of: id, in: stateDirectory)
        do throws(EngineError) {
            return RunningJob(try run(command, as: session), ownership, in: self)
        } catch {
            ownership.end()
            throw error
        }
    }
}
