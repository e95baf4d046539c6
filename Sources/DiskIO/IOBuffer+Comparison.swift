// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension IOBuffer {
    /// Where a part of the memory first differs from the same part of another buffer, in blocks of
    /// `grainBytes` from the start of the part; nil when they are equal.
    package func firstDifference(
        from other: IOBuffer,
        in range: Range<Int>,
        grainBytes: Int
    ) -> Int? {
        guard !isEqual(to: other, in: range) else { return nil }
        return stride(from: range.lowerBound, to: range.upperBound, by: grainBytes).first { start in
            !isEqual(to: other, in: start..<min(start + grainBytes, range.upperBound))
        }
    }

    private func isEqual(to other: IOBuffer, in range: Range<Int>) -> Bool {
        withBytes(range) { own in
            other.withBytes(range) { others in
                unsafe own.withUnsafeBytes { own in
                    unsafe others.withUnsafeBytes { others in
                        // SAFETY: both parts are of `range.count` bytes.
                        range.isEmpty
                            || unsafe memcmp(own.baseAddress!, others.baseAddress!, range.count)
                                == 0
                    }
                }
            }
        }
    }
}
