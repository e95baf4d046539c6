// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// SplitMix64: a small random generator whose sequence depends on the seed alone.
///
/// The helpers do not use the standard library's, whose sequences may change with its version.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence that belongs to the seed.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next word of the sequence.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// A number of the range, each as likely as the others.
    public mutating func int(in range: ClosedRange<Int>) -> Int {
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int(next().multipliedFullWidth(by: count).high)
    }

    /// True in so many of a hundred cases.
    public mutating func chance(_ percent: Int) -> Bool {
        int(in: 1...100) <= percent
    }

    /// One of the values, each as likely as the others.
    public mutating func pick<Value>(_ values: [Value]) -> Value {
        precondition(!values.isEmpty, "nothing to pick from")
        return values[int(in: 0...values.count - 1)]
    }

    /// One of the values, as likely as its weight says: `pick(weighted: ["often": 9, "rare": 1])`.
    public mutating func pick<Value>(weighted choices: KeyValuePairs<Value, Int>) -> Value {
        var rest = int(in: 1...choices.reduce(0) { $0 + $1.value })
        for (value, weight) in choices {
            rest -= weight
            if rest <= 0 { return value }
        }
        preconditionFailure("the weights sum up to less than their sum")
    }

    /// So many random bytes, of each only the bits of the mask.
    public mutating func bytes(_ count: Int, mask: UInt8 = 0xff) -> Data {
        let wideMask = UInt64(mask) * 0x0101_0101_0101_0101
        let words = (0..<(count + 7) / 8).map { _ in next().littleEndian & wideMask }
        // SAFETY: the bytes are copied while they are lent; words have no invalid representation.
        return unsafe words.withUnsafeBytes { unsafe Data($0.prefix(count)) }
    }
}
