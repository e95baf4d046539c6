// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A random backing chain, derived from a seed alone.
public struct ChainRecipe: Sendable, CustomStringConvertible {
    /// The number that all choices come from.
    public let seed: UInt64

    /// One to twelve layers, the base first.
    public let layers: [LayerRecipe]

    /// Draws the chain that belongs to the seed.
    public init(seed: UInt64) {
        self.seed = seed
        layers = ChainDraft.layers(seed: seed)
    }

    /// Everything needed to make the chain by hand, the seed first.
    public var description: String {
        "chain of seed \(seed):\n" + layers.map(\.description).joined(separator: "\n")
    }
}
