// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What was read from one layer.
public struct LayerTally: Hashable, Sendable {
    /// Bytes read from the layer's files, compressed or not, without tables.
    public internal(set) var readBytes: UInt64 = 0
    /// Guest bytes whose content came from the layer.
    public internal(set) var guestBytes: UInt64 = 0
    /// Guest bytes that could not be read and became zeros, by salvage.
    public internal(set) var lostBytes: UInt64 = 0

    static func += (left: inout LayerTally, right: LayerTally) {
        left.readBytes += right.readBytes
        left.guestBytes += right.guestBytes
        left.lostBytes += right.lostBytes
    }
}
