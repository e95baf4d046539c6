// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// How much there is, for who may look at all of it.
package struct CountObjects: Query {
    package struct Answer: Hashable, Sendable {
        package let vms: Int
        package let disks: Int
        package let runningJobs: Int
    }

    package init() {}

    package func answer(_ context: CommandContext) throws -> Answer {
        let refusals = try context.permission(.readVM, on: .system)
        guard refusals.isEmpty else { throw EngineError(refusals) }
        let running = Job.filter(Column("status") == Job.Status.started)
        return Answer(
            vms: try VirtualMachine.fetchCount(context.database),
            disks: try Disk.fetchCount(context.database),
            runningJobs: try running.fetchCount(context.database)
        )
    }
}
