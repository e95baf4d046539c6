// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Sends what was written to a file on its way to the disk while the writers go on, and keeps a long
/// copy from filling the memory with it.
struct WriteBehind {
    /// So many bytes are gathered before the disk is told: it likes long writes.
    private static let windowBytes: UInt64 = 32 << 20
    /// At most so many windows are on their way when memory is to be given back.
    private static let maximumWindows = 4

    /// What is due after a write.
    struct Steps: Hashable {
        /// Begin to write this to the disk.
        var start: Range<UInt64>?
        /// Wait until this is on the disk, and give its memory back.
        var finish: Range<UInt64>?
    }

    /// The disk is told from the beginning, not only when the cache is full.
    private let isEager: Bool
    /// The part of the file that may stay in memory.
    private let cachedBytes: UInt64
    private var writtenBytes: UInt64 = 0
    /// What was gathered, and the range that it lies in.
    private var gatheredBytes: UInt64 = 0
    private var gathered: Range<UInt64> = 0..<0
    private var started: [Range<UInt64>] = []

    /// Nothing was written yet.
    ///
    /// An eighth of the machine's memory may hold the file, unless said otherwise: what is copied is
    /// there for who needs it next, and so is what others need.
    init(isEager: Bool, cachedBytes: UInt64 = WorkerThreads.memoryBytes / 8) {
        self.isEager = isEager
        self.cachedBytes = cachedBytes
    }

    /// Counts a range that was just written.
    mutating func add(_ range: Range<UInt64>) -> Steps {
        writtenBytes += UInt64(range.count)
        gatheredBytes += UInt64(range.count)
        gathered = gathered.isEmpty ? range : WriteBehind.joined(gathered, range)
        let cacheIsFull = writtenBytes > cachedBytes
        guard gatheredBytes >= WriteBehind.windowBytes, isEager || cacheIsFull else {
            return Steps()
        }
        var steps = Steps(start: gathered)
        started.append(gathered)
        (gathered, gatheredBytes) = (0..<0, 0)
        let finished = started.dropLast(WriteBehind.maximumWindows)
        if cacheIsFull, !finished.isEmpty {
            steps.finish = finished.reduce(finished[0], WriteBehind.joined)
            started.removeFirst(finished.count)
        }
        return steps
    }

    private static func joined(_ one: Range<UInt64>, _ other: Range<UInt64>) -> Range<UInt64> {
        min(one.lowerBound, other.lowerBound)..<max(one.upperBound, other.upperBound)
    }
}
