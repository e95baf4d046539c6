// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A run of guest bytes of which a chain says one thing, in the words of `qemu-img map`.
public struct MapEntry: Hashable, Sendable {
    /// The first byte on the disk.
    public let start: UInt64
    /// The number of bytes.
    public var length: UInt64
    /// The layer that decides: 0 is the top.
    public let depth: Int
    /// True when the layer allocates it; false when no layer does.
    public let isPresent: Bool
    /// True when it is known to read as zeros.
    public let isZero: Bool
    /// True when it has data that is to be read.
    public let isData: Bool
    /// Where it lies in the layer's file, in bytes; nil when it has no place, or is compressed there.
    public let offset: UInt64?

    /// What is told of no bytes at all.
    public init(emptyAt start: UInt64) {
        self.init(start..<start, 0, present: false, zero: false, data: false, at: nil)
    }

    init(
        _ range: Range<UInt64>,
        _ depth: Int,
        present isPresent: Bool,
        zero isZero: Bool,
        data isData: Bool,
        at offset: UInt64?
    ) {
        start = range.lowerBound
        length = range.upperBound - range.lowerBound
        self.depth = depth
        self.isPresent = isPresent
        self.isZero = isZero
        self.isData = isData
        self.offset = offset
    }
}

extension MapEntry: GrowingRun {
    mutating func extend(with next: MapEntry) -> Bool {
        guard depth == next.depth, isPresent == next.isPresent, isZero == next.isZero,
            isData == next.isData, offset.map({ $0 + length }) == next.offset
        else { return false }
        length += next.length
        return true
    }
}
