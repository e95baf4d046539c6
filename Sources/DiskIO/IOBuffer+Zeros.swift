// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension IOBuffer {
    /// The parts of `range` that hold anything but zeros, judged in blocks of `grainBytes` from the
    /// start of the range; neighbouring blocks are joined.
    package func dataRuns(in range: Range<Int>, grainBytes: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        var offset = range.lowerBound
        while offset < range.upperBound {
            let end = min(offset + grainBytes, range.upperBound)
            if !isZero(offset..<end) {
                start = start ?? offset
            } else if let begun = start {
                runs.append(begun..<offset)
                start = nil
            }
            offset = end
        }
        if let begun = start { runs.append(begun..<range.upperBound) }
        return runs
    }
}
