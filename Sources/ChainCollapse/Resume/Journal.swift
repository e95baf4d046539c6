// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// Remembers on disk how far a copy is, so that another process can go on behind it.
///
/// An entry tells of one chunk; the entries of all chunks before it stand before it. It is added when
/// the chunk's data has reached stable storage. An entry is the chunk's slot, a number of words, and
/// so many words of the sink that wrote it.
final class Journal: Sendable {
    /// How often the journal is added to.
    struct Pace {
        /// Not more often than this.
        let minimumInterval: Duration
        /// After so many times as long as the last time took.
        let restFactor: Int

        /// A worker is kept from copying for a twentieth of its time.
        static let usual = Pace(minimumInterval: .milliseconds(50), restFactor: 20)
    }

    fileprivate struct State {
        /// The first chunk that is not finished.
        var nextTicket = 0
        /// Entries of finished chunks behind it.
        var early: [Int: [UInt64]] = [:]
        /// Entries that are not recorded.
        var entries: [[UInt64]] = []
        /// When to record; nil while somebody does, and for ever when that has failed.
        var due: ContinuousClock.Instant?
    }

    private let pace: Pace
    private let target: any BlockTarget
    private let file: Mutex<JournalFile>
    private let state: Mutex<State>
    private let recordedCount: Atomic<Int>

    /// A journal that tells of a target, behind what is in its file already.
    init(
        of target: any BlockTarget,
        in file: JournalFile,
        finishedChunks: Int,
        _ pace: Pace
    ) {
        self.target = target
        self.pace = pace
        self.file = Mutex(file)
        state = Mutex(State(nextTicket: finishedChunks, due: .now + pace.minimumInterval))
        recordedCount = Atomic(finishedChunks)
    }

    /// True when another process could go on with something.
    var isWorthKeeping: Bool { recordedCount.load(ordering: .relaxed) > 0 }

    /// Takes in that a chunk is written, and records what is known by now when that is due.
    ///
    /// - Throws: `CollapseError` when the target or the journal cannot be flushed.
    func add(_ chunk: Chunk, _ words: [UInt64]) throws(CollapseError) {
        guard let (entries, count) = state.withLock({ $0.take(chunk, words) }) else { return }
        let start = ContinuousClock.now
        try usingDisk { () throws(IOError) in
            // All writes of these chunks have returned: what is flushed now has them.
            try target.flush()
            try file.withLock { (file) throws(IOError) in try file.append(entries) }
        }
        recordedCount.store(count, ordering: .relaxed)
        let now = ContinuousClock.now
        let rest = max(pace.minimumInterval, (now - start) * pace.restFactor)
        state.withLock { $0.due = now + rest }
    }
}

extension Journal.State {
    /// Takes in a finished chunk.
    ///
    /// - Returns: what to record now, and how many chunks are finished then.
    fileprivate mutating func take(
        _ chunk: Chunk,
        _ words: [UInt64]
    ) -> (entries: [[UInt64]], count: Int)? {
        early[chunk.ticket] = [chunk.slotStart, UInt64(words.count)] + words
        while let entry = early.removeValue(forKey: nextTicket) {
            entries.append(entry)
            nextTicket += 1
        }
        guard let due, ContinuousClock.now >= due, !entries.isEmpty else { return nil }
        self.due = nil
        defer { entries.removeAll() }
        return (entries, nextTicket)
    }
}
