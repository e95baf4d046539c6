// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import GRDB

/// Something in which store, domains and locks do not agree, in one sentence.
package struct Inconsistency: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ description: String) { self.description = description }
}

extension Engine {
    /// Compares store, domains and locks, after dead processes' jobs were settled.
    ///
    /// Nothing is changed: a file that belongs to no volume may be somebody else's.
    package func check() throws(EngineError) -> [Inconsistency] {
        do {
            try recover()
            return try store.write { try CommandContext($0, Session()).inconsistencies() }
        } catch { throw EngineError(failure: error) }
    }
}

extension CommandContext {
    fileprivate func inconsistencies() throws -> [Inconsistency] {
        let running = try Job.filter(Column("status") == Job.Status.started).fetchAll(database)
        return try volumesWithoutFiles(except: running) + strayFiles(except: running)
            + locksWithoutJobs(running) + machines(lockedBy: running)
    }

    private func volumesWithoutFiles(except running: [Job]) throws -> [Inconsistency] {
        let busy = Set(running.flatMap(\.work.copies).map(\.target.volumeID))
        return try Volume.fetchAll(database).flatMap { volume -> [Inconsistency] in
            guard !busy.contains(volume.id) else { return [] }
            if volume.status == .locked {
                return [Inconsistency("Volume \(volume.id) is locked, and no job makes it.")]
            }
            guard Directory.kind(of: volume.path) == nil else { return [] }
            return [Inconsistency("The file \(volume.path) of volume \(volume.id) is missing.")]
        }
    }

    private func strayFiles(except running: [Job]) throws -> [Inconsistency] {
        let busy = Set(running.flatMap(\.work.copies).map(\.target.path))
        let domains = StorageDomain.filter(Column("layout") == StorageDomain.Layout.images)
        return try domains.fetchAll(database).flatMap { domain -> [Inconsistency] in
            guard let paths = try? DomainLayout(domain.path).volumes().map(\.path) else {
                return [
                    Inconsistency("Storage domain \(domain.name) is not there: \(domain.path).")
                ]
            }
            return try paths.filter { try !busy.contains($0) && !isKnown($0) }.map {
                Inconsistency("The file \($0) belongs to no volume.")
            }
        }
    }

    private func isKnown(_ path: String) throws -> Bool {
        try Volume.filter(Column("path") == path).fetchCount(database) > 0
    }

    private func locksWithoutJobs(_ running: [Job]) throws -> [Inconsistency] {
        let ids = Set(running.map(\.id))
        return try Lock.fetchAll(database).filter { !ids.contains($0.jobID) }.map { lock in
            Inconsistency(
                "The \(lock.object.kind.rawValue) \(lock.object.id) is locked by a job that has ended."
            )
        }
    }

    private func machines(lockedBy running: [Job]) throws -> [Inconsistency] {
        let busy = running.compactMap { job -> VirtualMachine.ID? in
            if case .clone(let work) = job.work { work.vmID } else { nil }
        }
        let locked = VirtualMachine.filter(Column("status") == VirtualMachine.Status.imageLocked)
        return try locked.fetchAll(database).filter { !busy.contains($0.id) }.map {
            Inconsistency("VM \($0.name) is locked, and no job makes it.")
        }
    }
}
