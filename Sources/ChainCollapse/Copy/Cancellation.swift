// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A wish to stop, which workers look at between chunks.
package final class Cancellation: Sendable {
    private let isWanted = Atomic(false)

    package init() {}

    func cancel() { isWanted.store(true, ordering: .relaxed) }

    func check() throws(CollapseError) {
        guard !isWanted.load(ordering: .relaxed) else {
            throw CollapseError(.cancelled, CollapseError.cancellation)
        }
    }
}
