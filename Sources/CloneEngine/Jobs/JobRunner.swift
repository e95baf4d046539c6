// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import Foundation
internal import GRDB
internal import Synchronization

/// Does the steps of a job side by side, and then finishes the job or undoes it.
final class JobRunner: Sendable {
    /// How often the store is told how far a step is, and asked whether to stop.
    private static let reportInterval = Duration.milliseconds(250)

    private let job: Job
    private let engine: Engine
    private let steps: Mutex<[JobStep]>
    private let report: @Sendable ([JobStep]) -> Void

    init(_ job: Job, _ engine: Engine, report: @escaping @Sendable ([JobStep]) -> Void) {
        (self.job, self.engine, self.report) = (job, engine, report)
        let steps = try? engine.store.read { try JobStep.ofJob(job.id).fetchAll($0) }
        self.steps = Mutex(steps ?? [])
    }

    /// Runs the job to its end; a failure, or being cancelled, undoes it.
    func run() async -> Result<Void, EngineError> {
        let prepared = await WorkerThreads.runDetached { [self] in Result { try prepare() } }
        let failure: EngineError? =
            switch prepared {
            case .success: await copyAll()
            case .failure(let error): EngineError(failure: error)
            }
        let result = await WorkerThreads.runDetached { [self] in end(after: failure) }
        withExtendedLifetime(prepared) {}
        return result
    }

    /// Has the hypervisor do its part, where one is concerned.
    private func prepare() throws -> [ImageChain] {
        switch job.work {
        case .deleteSnapshot(let work):
            try engine.deleteMachineSnapshot(work)
            return []
        case .clone(let work): return work.machine == nil ? [] : try prepare(work)
        }
    }

    /// Has the hypervisor say whether it would take the VM; and locks all that is going to be read, which
    /// others than the engine may change, until the job has ended.
    private func prepare(_ work: CloneWork) throws -> [ImageChain] {
        try engine.prepareMachine(of: job)
        let chains = try work.copies.map { copy in
            let policy = ChainPolicy(allowedBacking: .within(copy.sourcePaths))
            do throws(CollapseError) {
                let format = copy.sourceFormat.imageFormat
                return try ImageChain(top: copy.sourcePaths[0], format: format, policy: policy)
            } catch { throw EngineError(copying: copy.diskAlias, error, job) }
        }
        try engine.verify(work.copies, of: job)
        return chains
    }

    private func end(after failure: EngineError?) -> Result<Void, EngineError> {
        do {
            if let failure {
                try engine.undo(job, after: failure)
                return .failure(failure)
            }
            try engine.complete(job)
            return .success(())
        } catch {
            let error = EngineError(failure: error)
            if failure == nil { try? engine.undo(job, after: error) }
            return .failure(failure ?? error)
        }
    }

    /// An earlier process may have finished some.
    private var unfinishedCopies: [VolumeCopy] {
        let finished = steps.withLock { $0.filter { $0.status == .finished }.map(\.id) }
        return job.work.copies.filter { !finished.contains($0.stepID) }
    }

    /// Copies all volumes; the first failure stops the rest, and so does whoever asks for it.
    private func copyAll() async -> EngineError? {
        await withTaskGroup(of: Ending.self) { group in
            let copies = unfinishedCopies
            for copy in copies {
                group.addTask { [self] in
                    await engine.copiers.take(in: copy.target.domainID) { await self.copy(copy) }
                }
            }
            group.addTask { [self] in await untilCancelled() }
            var (first, left): (EngineError?, Int) = (nil, copies.count)
            while left > 0, let ending = await group.next() {
                if case .copied = ending { left -= 1 }
                guard let failure = ending.failure(of: job) else { continue }
                if case .failed = ending { left -= 1 }
                first = first ?? failure
                group.cancelAll()
            }
            group.cancelAll()
            return first
        }
    }

    private func copy(_ copy: VolumeCopy) async -> Ending {
        guard !Task.isCancelled else { return .failed(.cancelled(job)) }
        change(copy.stepID) { $0.startedAt = $0.startedAt ?? Date() }
        do {
            try prepare(copy)
            try await collapse(copy)
            change(copy.stepID) { ($0.status, $0.endedAt) = (.finished, Date()) }
            save(copy.stepID)
            return .copied
        } catch {
            let failure = EngineError(copying: copy.diskAlias, error, job)
            let status: Job.Status = failure.isCancellation ? .aborted : .failed
            change(copy.stepID) { ($0.status, $0.endedAt) = (status, Date()) }
            save(copy.stepID)
            return .failed(failure)
        }
    }

    private func collapse(_ copy: VolumeCopy) async throws {
        guard !copy.hasFile else { return }
        let last = Mutex(ContinuousClock.now)
        _ = try await Collapse(copy, isResumable: job.isResumable).run { [self] progress in
            change(copy.stepID) { step in
                (step.copiedBytes, step.totalBytes) = (progress.copiedBytes, progress.totalBytes)
            }
            let isDue = last.withLock { last in
                guard ContinuousClock.now - last > JobRunner.reportInterval else { return false }
                last = .now
                return true
            }
            if isDue { save(copy.stepID) }
        }
    }

    /// Returns when somebody has asked in the store that the job stop, or the task is cancelled.
    private func untilCancelled() async -> Ending {
        while (try? await Task.sleep(for: JobRunner.reportInterval)) != nil {
            let job = try? engine.store.read { try Job.fetchOne($0, key: self.job.id) }
            if job?.isCancelled == true { return .cancelled }
        }
        return .watched
    }

    /// Makes the place of a new volume; its metadata says that nobody may use it yet.
    private func prepare(_ copy: VolumeCopy) throws {
        guard case .clone = job.work else { return }
        try engine.store.read { database in
            let context = CommandContext(database, Session())
            guard let volume = try context.volume(copy.target.volumeID),
                let disk = try context.disk(volume.diskID),
                let domain = try volume.domainID.flatMap(context.domain), domain.layout == .images
            else { return }
            try DomainLayout(domain.path).makeDirectory(of: disk.id)
            try volume.writeMetadata(of: disk)
        }
    }

    private func change(_ id: JobStep.ID, _ body: (inout JobStep) -> Void) {
        let all = steps.withLock { steps in
            if let index = steps.firstIndex(where: { $0.id == id }) { body(&steps[index]) }
            return steps
        }
        report(all)
    }

    private func save(_ id: JobStep.ID) {
        let step = steps.withLock { $0.first { $0.id == id } }
        // Progress that cannot be told is no reason to stop.
        try? engine.store.write { try step?.update($0) }
    }
}

/// How one of a job's tasks ends.
private enum Ending {
    case copied
    case failed(EngineError)
    /// Somebody wants the job to stop.
    case cancelled
    /// Nobody wanted that.
    case watched

    func failure(of job: Job) -> EngineError? {
        switch self {
        case .copied, .watched: nil
        case .failed(let error): error
        case .cancelled: .cancelled(job)
        }
    }
}

extension JobStep {
    static func ofJob(_ id: Job.ID) -> QueryInterfaceRequest<JobStep> {
        filter(Column("jobID") == id).order(Column("position"))
    }
}

extension EngineError {
    static func cancelled(_ job: Job) -> EngineError {
        EngineError(Refusal("JOB_CANCELLED", .conflict, "\(job.description) was cancelled."))
    }

    /// Why a disk could not be copied.
    fileprivate init(copying alias: String, _ error: any Error, _ job: Job) {
        if (error as? CollapseError)?.code == .cancelled {
            self = .cancelled(job)
        } else if let error = error as? EngineError {
            self = error
        } else {
            let text = "Disk \(alias) could not be copied: \(error)."
            self.init(Refusal("COPY_FAILED", .internalError, text))
        }
    }

    var isCancellation: Bool { refusals.contains { $0.key == "JOB_CANCELLED" } }
}

extension VolumeCopy {
    /// True when an earlier process made the file and died before it could say so: it has a name that
    /// nobody else gives, and has it only when it is complete.
    fileprivate var hasFile: Bool {
        Directory.name(of: target.path) == target.volumeID.rawValue
            && Directory.identity(of: target.path) != nil
    }
}

extension Collapse {
    /// The collapse that makes a volume; it opens nothing but the chain's own files.
    fileprivate init(_ copy: VolumeCopy, isResumable: Bool) {
        var options = CollapseOptions()
        options.bytesPerSecond = copy.bytesPerSecond
        // A device does not tell whether it has changed meanwhile.
        options.resumes = isResumable && !copy.sourcePaths.contains(where: Directory.isBlockDevice)
        let shape = VolumeShape(copy.target.format, copy.target.allocation)
        var target = CollapseTarget(path: copy.target.path, format: shape.target())
        target.permissions = 0o660
        self.init(
            source: CollapseSource(
                path: copy.sourcePaths[0],
                format: copy.sourceFormat.imageFormat,
                base: copy.basePath,
                allowedBacking: .within(copy.sourcePaths)
            ),
            target: target,
            options: options
        )
    }
}
