// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Array where Element == UInt8 {
    /// The big-endian number at an index.
    ///
    /// The caller has checked that it lies inside.
    func bigEndian<N: FixedWidthInteger>(_ type: N.Type, at index: Int) -> N {
        self[index..<(index + N.bitWidth / 8)].reduce(0) { $0 << 8 | N($1) }
    }

    /// The text of a range, up to the first NUL, with what is not UTF-8 replaced.
    func text(_ range: Range<Int>) -> String {
        String(decoding: self[range].prefix { $0 != 0 }, as: UTF8.self)
    }

    mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
