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
        let covered = coveredUnits(of: candidates)
        var selected: [Extent] = []
        var next = 0
        for extent in candidates {
            while next < covered.count, covered[next].upperBound <= extent.guestOffset { next += 1 }
            var index = next
            while index < covered.count, covered[index].lowerBound < extent.guestEnd {
                selected.append(extent.clipped(to: covered[index]))
                index += 1
            }
        }
        return selected
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

    /// The target's units in which a layer above the base has a say.
    private func coveredUnits(of extents: [Extent]) -> [Range<UInt64>] {
        var units: [Range<UInt64>] = []
        for extent in extents where (extent.layer ?? base) < base {
            let start = extent.guestOffset / grainBytes * grainBytes
            let end = (extent.guestEnd + grainBytes - 1) / grainBytes * grainBytes
            if let last = units.last, last.upperBound >= start {
                units[units.count - 1] = last.lowerBound..<max(last.upperBound, end)
            } else {
                units.append(start..<end)
            }
        }
        return units
    }
}
