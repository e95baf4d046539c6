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
                // SAFETY: both parts have `range.count` bytes and live during the calls.
                unsafe own.withUnsafeBytes { own in
                    unsafe others.withUnsafeBytes { others in
                        guard let own = own.baseAddress, let others = others.baseAddress else {
                            return true
                        }
                        return unsafe memcmp(own, others, range.count) == 0
                    }
                }
            }
        }
    }
}
