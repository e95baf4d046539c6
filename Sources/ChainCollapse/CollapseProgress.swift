// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How far a collapse is.
public struct CollapseProgress: Hashable, Sendable {
    /// Guest bytes of data that were copied.
    public let copiedBytes: UInt64
    /// All guest bytes of data to copy: exact once the map is complete, an estimate before.
    public let totalBytes: UInt64
    /// True when the whole map is known.
    public let totalIsExact: Bool
    /// The time since the start, in seconds.
    public let seconds: Double

    /// How much is done, from 0 to 1.
    public var fraction: Double {
        totalBytes == 0 ? (totalIsExact ? 1 : 0) : min(1, Double(copiedBytes) / Double(totalBytes))
    }
}
