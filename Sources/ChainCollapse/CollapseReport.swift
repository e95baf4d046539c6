// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a collapse did.
public struct CollapseReport: Hashable, Sendable {
    /// One layer of the source.
    public struct Layer: Hashable, Sendable {
        /// The layer's file, as it was given or resolved.
        public let path: String
        /// The layer's format.
        public let format: ImageFormat
        /// What was read from it.
        public let tally: LayerTally
    }

    /// The disk's size in bytes.
    public let diskBytes: UInt64
    /// The layers, the top first.
    public let layers: [Layer]
    /// Bytes of guest data that were written, compressed or not.
    public let writtenBytes: UInt64
    /// Guest bytes whose blocks the target shares with a source instead of a copy.
    public let sharedBytes: UInt64
    /// Guest bytes that were read and turned out to be zeros.
    public let zeroBytes: UInt64
    /// Guest bytes that nobody had to read, because no layer has data for them.
    public let skippedBytes: UInt64
    /// Guest bytes that could not be read and became zeros, by salvage.
    public let lostBytes: UInt64
    /// Bytes of data that an earlier attempt had copied, and that were not copied again.
    public let resumedBytes: UInt64
    /// The target's length in bytes.
    public let targetBytes: UInt64
    /// The bytes the target occupies.
    public let targetAllocatedBytes: UInt64
    /// The digest of the disk, where it or a verification was asked for.
    public let digest: ContentDigest?
    /// The digest of what was read back from the target, where that was asked for; the same.
    public let verifiedDigest: ContentDigest?
    /// What a user should know about the source, one sentence each.
    public let warnings: [String]
    /// The number of workers.
    public let threads: Int
    /// The time it took, in seconds.
    public let seconds: Double

    /// Bytes read from all layers, without tables.
    public var readBytes: UInt64 { layers.reduce(0) { $0 + $1.tally.readBytes } }
}
