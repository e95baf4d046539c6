// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A walk over the whole flattened map of a chain, without a plan or a copy.
package struct MapWalk {
    private let map: FlatMap

    /// The map of an opened chain.
    package init(of chain: ImageChain) { map = FlatMap(of: chain) }

    /// Flattens every window that is not empty.
    ///
    /// - Returns: the number of extents.
    /// - Throws: `CollapseError` when a table cannot be read.
    package func countExtents() throws(CollapseError) -> Int {
        var flattener = WindowFlattener(map)
        var (count, position) = (0, UInt64(0))
        while let window = try map.nextWindow(from: position) {
            count += try flattener.flatten(window).count
            position = window.upperBound
        }
        return count
    }
}
