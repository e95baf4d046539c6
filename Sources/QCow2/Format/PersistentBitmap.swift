// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A persistent dirty bitmap, as the bitmap directory lists it.
public struct PersistentBitmap: Hashable, Sendable {
    /// The format's limits for the bytes of a bit, as powers of two.
    static let granularityBitsRange: ClosedRange<UInt8> = 9...31

    /// Its name.
    public let name: String
    /// The guest bytes that one bit describes.
    public let granularityBytes: UInt64
    /// True when the bitmap was not saved properly and may be wrong.
    public let isInUse: Bool
    /// True when a program that opens the image is to go on with it.
    public let isAutomatic: Bool
    let tableOffset: UInt64
    let tableEntries: UInt32
}
