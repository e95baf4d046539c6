// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Chooses extents by whole units of a target, since it has all of a unit or nothing.
struct WholeUnits {
    let grainBytes: UInt64

    /// The parts of extents that lie in a unit in which one is wanted, in guest order.
    func select(_ extents: [Extent], where isWanted: (Extent) -> Bool) -> [Extent] {
        let covered = units(of: extents.filter(isWanted))
        var selected: [Extent] = []
        var next = 0
        for extent in extents {
            while next < covered.count, covered[next].upperBound <= extent.guestOffset { next += 1 }
            var index = next
            while index < covered.count, covered[index].lowerBound < extent.guestEnd {
                selected.append(extent.clipped(to: covered[index]))
                index += 1
            }
        }
        return selected
    }

    /// The units that extents touch; neighbours are one.
    private func units(of extents: [Extent]) -> [Range<UInt64>] {
        var units: [Range<UInt64>] = []
        for extent in extents {
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
