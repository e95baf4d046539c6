// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// For each window of guest space, the layers that have an L2 table in it.
///
/// Built once from the L1 tables, in one entry for each layer and window that have something to do
/// with each other.
struct WindowLayers {
    /// Where each window's layers begin in `layers`, and where the last one's end.
    private let starts: [Int]
    /// Indices in the chain; each window's ascend.
    private let layers: [UInt16]

    init(_ chain: ImageChain, windowBytes: UInt64) {
        var starts = Array(repeating: 0, count: Int(chain.diskBytes / windowBytes) + 2)
        WindowLayers.forEach(chain, windowBytes) { _, windows in
            for window in windows { starts[window + 1] += 1 }
        }
        for window in 1..<starts.count { starts[window] += starts[window - 1] }
        var layers = [UInt16](repeating: 0, count: starts[starts.count - 1])
        var next = starts
        WindowLayers.forEach(chain, windowBytes) { layer, windows in
            for window in windows {
                layers[next[window]] = UInt16(layer)
                next[window] += 1
            }
        }
        self.starts = starts
        self.layers = layers
    }

    /// The layers of a window, from the top down.
    subscript(window: Int) -> ArraySlice<UInt16> { layers[starts[window]..<starts[window + 1]] }

    /// The number of windows that have layers.
    var occupiedCount: Int { (1..<starts.count).count { starts[$0] > starts[$0 - 1] } }

    /// The first window at or after a number that has layers.
    func firstOccupied(from window: Int) -> Int? {
        (window..<(starts.count - 1)).first { starts[$0 + 1] > starts[$0] }
    }

    /// The entries that there would be with windows of this size.
    static func count(_ chain: ImageChain, windowBytes: UInt64) -> Int {
        var count = 0
        forEach(chain, windowBytes) { count += $1.count }
        return count
    }

    /// Calls `body` with each layer and the windows in which it has tables that can be seen, layer by
    /// layer; no window comes twice for a layer.
    private static func forEach(
        _ chain: ImageChain,
        _ windowBytes: UInt64,
        _ body: (Int, ClosedRange<Int>) -> Void
    ) {
        for (index, layer) in chain.layers.enumerated() {
            guard case .qcow2(_, let table) = layer.content else { continue }
            var next = 0
            for range in table.allocatedRanges where range.lowerBound < chain.visibleBytes[index] {
                let end = min(range.upperBound, chain.visibleBytes[index])
                let last = Int((end - 1) / windowBytes)
                let first = max(Int(range.lowerBound / windowBytes), next)
                guard first <= last else { continue }
                body(index, first...last)
                next = last + 1
            }
        }
    }
}
