// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO
package import QCow2

/// One file of a chain, open for reading, in the state that the chain wants of it.
package struct Layer: Sendable {
    /// What the layer's bytes are.
    package enum Content: Sendable {
        /// The disk itself, beginning at this offset of the file.
        case raw(start: UInt64)
        /// A qcow2 image, in its active state or an internal snapshot's.
        case qcow2(QCow2Image, L1Table)
    }

    /// The file's path, as it was given or resolved.
    package let path: String
    package let content: Content
    /// Where the bytes of data extents lie.
    package let data: any BlockSource
    /// The layer's own size as a guest sees it, in bytes.
    package let diskBytes: UInt64
    /// The files that were opened for it.
    let files: [File]
    /// Much of its data may be holes in its file, since space was given out before it was used: they are
    /// worth looking for.
    var mayHaveHoles = false

    /// Which files those are, whatever their names.
    var identities: [File.Identity] { files.map(\.identity) }

    package var format: ImageFormat {
        if case .raw = content { .raw } else { .qcow2 }
    }

    /// The image, where the layer is one.
    package var image: QCow2Image? {
        if case .qcow2(let image, _) = content { image } else { nil }
    }

    /// The unit in which the layer allocates, in bytes.
    var granuleBytes: UInt64 { image?.geometry.subclusterBytes ?? 512 }
}
