// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// What a target must be told about, besides data.
struct PlanPolicy: Hashable, Sendable {
    /// The target's smallest unit of allocation, in bytes.
    var grainBytes: UInt64
    /// The target must be given what reads as zeros: it does not start zeroed, or takes space for
    /// everything.
    var wantsZeros = false
    /// The layers whose data the target shares: it comes in chunks of many slots where it can.
    var sharedLayers: Set<Int> = []
    /// Shared data comes in whole units of this size and in chunks of its own, since its place in the
    /// target is given before anybody reads it; nil when the guest's offset is its place.
    var sharedUnitBytes: UInt64?
    /// Units that are given places come in the order of their layers' files, as far as they are not
    /// further apart on the disk than this: what lies together there is shared together.
    var reachBytes: UInt64 { sharedUnitBytes == nil || sharedLayers.isEmpty ? 0 : 4 << 30 }
    /// The index of the layer that stays below the target; nil when it is to stand alone.
    var baseLayer: Int?
    /// The target is the top layer itself: it lacks the clusters in which a layer below has data.
    var keepsTop = false
    /// Streams that the target takes as they are; nil when it takes none.
    var streams: StreamFormat?
    /// Damaged entries are counted and read as zeros instead of ending the work.
    var salvage = false

    /// The whole units of an extent that come in a chunk of their own; nil when there are none.
    func sharedUnits(of extent: Extent) -> Range<UInt64>? {
        guard let unit = sharedUnitBytes, case .data(let layer, let offset) = extent.content,
            sharedLayers.contains(layer)
        else { return nil }
        let start = (extent.guestOffset + unit - 1) / unit * unit
        let end = extent.guestEnd / unit * unit
        guard start < end, end - start >= BlockSharing.leastBytes,
            offset.advanced(by: start - extent.guestOffset).rawValue % BlockSharing.blockBytes == 0
        else { return nil }
        return start..<end
    }
}
