// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ImageLayout {
    /// An L2 table that is being filled: its L1 index and entries.
    struct OpenTable {
        /// L2 tables are written in whole parts of this many words, and parts of zeros not at all: a
        /// table of a sparse disk takes a block of the file system, not a cluster.
        private static let partWords = 512

        let index: Int
        var words: [UInt64]

        /// What is to be written of it, where it lies at a place; of a used device all.
        func parts(at place: HostOffset, startsZeroed: Bool) -> [FinishedPart] {
            var used: [Range<Int>] = []
            for start in stride(from: 0, to: words.count, by: OpenTable.partWords) {
                let part = start..<min(start + OpenTable.partWords, words.count)
                guard !startsZeroed || words[part].contains(where: { $0 != 0 }) else { continue }
                let begin = used.last?.upperBound == start ? used.removeLast().lowerBound : start
                used.append(begin..<part.upperBound)
            }
            return used.map { part in
                FinishedPart(
                    hostOffset: place.advanced(by: UInt64(part.lowerBound) * 8),
                    index: index,
                    words: words[part]
                )
            }
        }
    }
}
