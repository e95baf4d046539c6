// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

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

extension RawSpan {
    /// True when every byte is zero.
    ///
    /// Compares the bytes with themselves one step on, so the C library's vector code does the work.
    package var isZero: Bool {
        // SAFETY: both compared pieces lie inside the span.
        unsafe withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            let head = min(bytes.count, 16)
            for index in 0..<head where unsafe bytes[index] != 0 { return false }
            return unsafe memcmp(start, start + head, bytes.count - head) == 0
        }
    }
}
