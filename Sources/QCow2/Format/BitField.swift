// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A range of bits as the specification numbers them, 0 the least significant.
struct BitField {
    let mask: UInt64

    /// The bits of a closed range within a 64-bit word.
    init(_ bits: ClosedRange<Int>) {
        precondition(bits.lowerBound >= 0 && bits.upperBound < 64, "a word has bits 0 to 63")
        mask =
            (UInt64.max >> UInt64(63 - bits.upperBound)) & (UInt64.max << UInt64(bits.lowerBound))
    }

    init(_ bit: Int) { self.init(bit...bit) }
}

extension UInt64 {
    /// True when any bit of the field is set.
    func has(_ field: BitField) -> Bool { self & field.mask != 0 }

    /// The numbers of the bits that are set, lowest first.
    var setBits: [Int] { (0..<64).filter { self >> UInt64($0) & 1 == 1 } }
}
