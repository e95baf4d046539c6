// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// The persistent bitmaps that a target gets from the top of a chain.
struct BitmapCopies: Sendable {
    /// None at all.
    static let none = BitmapCopies(sources: [])

    private let sources: [BitmapBits]

    private init(sources: [BitmapBits]) { self.sources = sources }

    /// Finds the bitmaps.
    ///
    /// - Throws: `CollapseError` when they cannot be copied: before any work is done.
    init(
        _ wanted: QCow2Format.Bitmaps,
        of chain: ImageChain,
        for creation: CreationOptions
    ) throws(CollapseError) {
        guard wanted != .none else {
            sources = []
            return
        }
        guard let image = chain.top.image else {
            throw CollapseError(
                .invalidOptions,
                "\(chain.top.path): Format driver 'raw' does not support bitmaps"
            )
        }
        guard creation.version >= 3, image.header.diskBytes == chain.diskBytes else {
            throw CollapseError(
                .invalidOptions,
                creation.version < 3
                    ? "an image of version 2 (compat 0.10) has no bitmaps"
                    : "\(image.path): the bitmaps are not of the snapshot's disk"
            )
        }
        let all = try readingImage { () throws(ImageError) in try image.persistentBitmaps() }
        if wanted == .all, let broken = all.first(where: \.isInUse) {
            throw CollapseError(
                .damagedImage,
                "\(image.path): Cannot copy inconsistent bitmap '\(broken.name)'"
            )
        }
        var sources: [BitmapBits] = []
        for bitmap in all where !bitmap.isInUse {
            sources.append(
                try readingImage { () throws(ImageError) in try BitmapBits(of: bitmap, in: image) }
            )
        }
        self.sources = sources
    }

    /// What is told of the bitmaps that a target does not get.
    static func warnings(_ wanted: QCow2Format.Bitmaps, of chain: ImageChain) -> [String] {
        // They were read before; should that fail now, nothing that was copied is worse for it.
        let all = wanted == .none ? nil : try? chain.top.image?.persistentBitmaps()
        let skipped = (all ?? []).filter(\.isInUse)
        return skipped.map { "\(chain.top.path): Skipping inconsistent bitmap '\($0.name)'" }
            + chain.layers.dropFirst(wanted == .none ? 0 : 1).compactMap { layer in
                layer.image?.header.extensions.bitmaps.map {
                    "\(layer.path): \($0.count) persistent bitmaps are not copied"
                }
            }
    }

    /// Writes them behind everything that has its place.
    func write(to target: any BlockTarget, _ layout: inout ImageLayout) throws {
        try layout.addBitmaps(sources) { bytes, offset in
            try target.write(bytes, at: offset.rawValue)
        }
    }
}
