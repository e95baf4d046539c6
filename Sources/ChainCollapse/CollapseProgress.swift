// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How far a collapse is.
public struct CollapseProgress: Hashable, Sendable {
    /// Guest bytes of data that were copied, or digested, or read back: each time they are.
    public let copiedBytes: UInt64
    /// All of those: exact once the map of the last pass over them is complete, an estimate before.
    public let totalBytes: UInt64
    /// True when nothing of the total is an estimate.
    public let totalIsExact: Bool
    /// The time since the start, in seconds.
    public let seconds: Double

    /// How much is done, from 0 to 1.
    public var fraction: Double {
        totalBytes == 0 ? (totalIsExact ? 1 : 0) : min(1, Double(copiedBytes) / Double(totalBytes))
    }
}
