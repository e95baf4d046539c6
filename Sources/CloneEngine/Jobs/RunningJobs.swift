// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The jobs that this process is at work on.
final class RunningJobs: Sendable {
    private let ids = Mutex<Set<Job.ID>>([])

    var count: Int { ids.withLock(\.count) }

    func begin(_ id: Job.ID) { ids.withLock { _ = $0.insert(id) } }

    func end(_ id: Job.ID) { ids.withLock { _ = $0.remove(id) } }
}

extension Engine {
    /// How many jobs this process is at work on.
    package var runningJobCount: Int { running.count }

    /// Waits until this process is at work on none.
    package func finishRunningJobs() async {
        while running.count > 0 {
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
        }
    }
}
