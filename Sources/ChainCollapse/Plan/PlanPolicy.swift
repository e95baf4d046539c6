// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a target must be told about, besides data.
struct PlanPolicy: Hashable, Sendable {
    /// The target's smallest unit of allocation, in bytes.
    var grainBytes: UInt64
    /// The target must be given what reads as zeros: it does not start zeroed, or takes space for
    /// everything.
    var wantsZeros = false
    /// The layers whose data the target shares: it comes in chunks of many slots where it can.
    var sharedLayers: Set<Int> = []
    /// The index of the layer that stays below the target; nil when it is to stand alone.
    var baseLayer: Int?
    /// Streams that the target takes as they are; nil when it takes none.
    var streams: StreamFormat?
    /// Damaged entries are counted and read as zeros instead of ending the work.
    var salvage = false
}
