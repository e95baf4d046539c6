// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Chooses what a target that keeps a layer as its backing file must hold: everything that the
/// layers above the base say, in whole units of the target.
struct AboveBase {
    private let base: Int
    private let grainBytes: UInt64
    /// Where the layers above hide what the base still has: the target reads zeros there.
    private let hidden: Range<UInt64>

    init(_ chain: ImageChain, _ base: Int, _ grainBytes: UInt64) {
        self.base = base
        self.grainBytes = grainBytes
        let visible = chain.visibleBytes[base]
        hidden = visible..<max(visible, min(chain.layers[base].diskBytes, chain.diskBytes))
    }

    /// The extents to copy, in guest order.
    func select(_ extents: [Extent]) -> [Extent] {
        let candidates = extents.flatMap(splitAtHidden)
        return WholeUnits(grainBytes: grainBytes)
            .select(candidates) { ($0.layer ?? base) < base }
    }

    /// Zeros in the hidden range must be said; elsewhere the base says them.
    private func splitAtHidden(_ extent: Extent) -> [Extent] {
        guard case .unallocated = extent.content, extent.guestRange.overlaps(hidden) else {
            return [extent]
        }
        let inside = extent.guestRange.clamped(to: hidden)
        let parts = [
            extent.guestOffset..<inside.lowerBound, inside, inside.upperBound..<extent.guestEnd,
        ]
        return parts.filter { !$0.isEmpty }.map { part in
            part == inside
                ? Extent(
                    guestOffset: part.lowerBound,
                    byteCount: UInt64(part.count),
                    content: .zeros(layer: 0)
                )
                : extent.clipped(to: part)
        }
    }
}
