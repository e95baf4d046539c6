// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Walks through a flattened map in guest order, many windows at a time on all processors.
struct ExtentWalk: Sendable {
    /// So many windows are flattened at once.
    private static let windowsAtOnce = 32

    private let map: FlatMap
    private var position: UInt64
    private let end: UInt64

    /// A walk through a range of guest bytes, as far as the disk has it.
    init(_ map: FlatMap, _ range: Range<UInt64>? = nil) {
        self.map = map
        let diskBytes = map.chain.diskBytes
        position = min(range?.lowerBound ?? 0, diskBytes)
        end = min(range?.upperBound ?? diskBytes, diskBytes)
    }

    /// The next extents, without gaps; none at the end.
    mutating func next() throws(CollapseError) -> [Extent] {
        guard position < end else { return [] }
        var extents: [Extent] = []
        let windows = try nextWindows()
        for (window, found) in zip(windows, try map.flatten(windows)) {
            if position < window.lowerBound {
                extents.append(.unallocated(position..<window.lowerBound))
            }
            extents += found
            position = window.upperBound
        }
        if windows.isEmpty {
            extents.append(.unallocated(position..<end))
            position = end
        }
        return extents
    }

    private func nextWindows() throws(CollapseError) -> [Range<UInt64>] {
        var windows: [Range<UInt64>] = []
        var place = position
        while windows.count < ExtentWalk.windowsAtOnce, place < end,
            let window = try map.nextWindow(from: place)?.clamped(to: place..<end), !window.isEmpty
        {
            windows.append(window)
            place = window.upperBound
        }
        return windows
    }
}
