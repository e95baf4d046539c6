// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A run of guest bytes that grows as long as what follows continues it.
protocol GrowingRun: Sendable {
    /// Appends a following run; false when it does not continue this one.
    mutating func extend(with next: Self) -> Bool
}

/// Runs in guest order, of which the last may still grow.
struct RunQueue<Run: GrowingRun>: Sendable {
    private var runs: ArraySlice<Run> = []

    /// True when the first run may still grow, or there is none.
    var isShort: Bool { runs.count < 2 }

    mutating func append(_ run: Run) {
        if runs.isEmpty || !runs[runs.endIndex - 1].extend(with: run) { runs.append(run) }
    }

    mutating func popFirst() -> Run? { runs.popFirst() }
}
