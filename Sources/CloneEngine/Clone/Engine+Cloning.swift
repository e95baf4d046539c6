// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Foundation

extension Engine {
    /// What a clone would be, with the space that each disk takes; nothing is changed.
    ///
    /// - Throws: `EngineError` with all that speaks against it.
    package func plan(
        _ wish: CloneVMFromSnapshot,
        as session: Session
    ) throws(EngineError) -> ClonePlan {
        let preview = try preview(wish, as: session)
        guard let plan = preview.plan, preview.refusals.isEmpty else {
            throw EngineError(preview.refusals)
        }
        return plan
    }

    /// What a clone would be as far as that can be said, and all that speaks against it.
    ///
    /// - Throws: `EngineError` when the store cannot be read.
    package func preview(
        _ wish: CloneVMFromSnapshot,
        as session: Session
    ) throws(EngineError) -> ClonePreview {
        let state = try look(maximumAge: LookAge.change)?.state(wish.snapshotID)
        let findings = try findings(for: wish, as: session)
        var (plan, refusals) = try look(wish, findings, as: session)
        plan?.probeSharing()
        let start = CloneStart(wish: wish, findings: findings, jobID: Job.ID(), state: state)
        do throws(EngineError) {
            let remarks = try remarks(on: plan.flatMap(start.machine))
            plan?.remarks = remarks
        } catch { refusals += error.refusals }
        return ClonePreview(plan: plan, refusals: refusals)
    }

    /// Starts a clone; the VM is there at once, locked until its disks are complete.
    ///
    /// - Parameters:
    ///   - wish: what is to be cloned, and how.
    ///   - id: the id of the job that makes the disks.
    ///   - session: who wants it.
    /// - Returns: the job, at work.
    /// - Throws: `EngineError` with all that speaks against it; nothing has changed then.
    package func start(
        _ wish: CloneVMFromSnapshot,
        id: Job.ID = Job.ID(),
        as session: Session
    ) throws(EngineError) -> RunningJob {
        let state = try look(maximumAge: LookAge.change)?.state(wish.snapshotID)
        let findings = try findings(for: wish, as: session)
        let start = CloneStart(wish: wish, findings: findings, jobID: id, state: state)
        return try self.start(start, id, as: session)
    }

    private func look(
        _ wish: CloneVMFromSnapshot,
        _ findings: [Disk.ID: DiskFinding],
        as session: Session
    ) throws(EngineError) -> (ClonePlan?, [Refusal]) {
        do {
            return try store.read { database in
                var planner = ClonePlanner(wish, context(database, session), findings)
                let plan = try planner.plan()
                return (plan, planner.refusals)
            }
        } catch { throw EngineError(failure: error) }
    }

    /// Looks at the chains of all disks that are to be copied.
    private func findings(
        for wish: CloneVMFromSnapshot,
        as session: Session
    ) throws(EngineError) -> [Disk.ID: DiskFinding] {
        let (plan, _) = try look(wish, [:], as: session)
        let found = (plan?.copies ?? []).map { ($0.source.disk.id, DiskFinding(of: $0)) }
        return Dictionary(uniqueKeysWithValues: found)
    }
}

extension DiskFinding {
    /// Opens a chain and reads its tables.
    fileprivate init(of copy: ClonePlan.Copy) {
        let collapse = Collapse(
            source: CollapseSource(
                path: copy.chain[0].path,
                format: copy.chain[0].format.imageFormat,
                allowedBacking: .within(copy.chain.map(\.path))
            ),
            target: CollapseTarget(path: copy.domain.path, format: copy.shape.target())
        )
        if let gone = copy.chain.first(where: { !FileManager.default.fileExists(atPath: $0.path) })
        {
            self = .missing("its file \(gone.path) is missing")
            return
        }
        do throws(CollapseError) {
            self = .requires(try ImageMeasurement(of: collapse).requiredBytes)
        } catch { self = .unusable(error.message) }
    }
}
