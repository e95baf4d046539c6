// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A chain of images on the disk.
public struct BuiltChain: Sendable {
    /// What it was made from.
    public let recipe: ChainRecipe

    /// The absolute paths of the layers, the base first.
    public let layers: [String]

    /// The formats of the layers, the base first.
    public let formats: [String]

    /// The absolute path of the top layer.
    public let topPath: String

    /// The format of the top layer.
    public let topFormat: String

    /// The top layer's internal snapshot; its virtual size has not changed since.
    public let snapshotName: String?
}
