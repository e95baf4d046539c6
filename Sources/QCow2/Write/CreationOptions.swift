// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How a new qcow2 image is made.
public struct CreationOptions: Hashable, Sendable {
    /// Header version: 2 (compat 0.10) or 3 (compat 1.1).
    public var version: UInt32 = 3
    /// The cluster size in bytes: a power of two from 512 to 2 MiB.
    public var clusterBytes: UInt64 = 65_536
    /// The width of a refcount in bits: 1, 2, 4, 8, 16, 32 or 64.
    public var refcountBits = 16
    /// Clusters have 32 subclusters: extended_l2.
    public var hasExtendedL2 = false
    /// Refcounts may lag behind in later use: lazy_refcounts.
    public var hasLazyRefcounts = false
    /// The compression type that the image declares.
    public var compressionType = CompressionType.zlib
    /// How far back zlib streams may refer.
    public var compressionWindow = CompressionWindow.small
    /// The name and format of a backing file, as the image records them.
    public var backing: BackingName?

    /// A backing file's name and format, as an image records them.
    public struct BackingName: Hashable, Sendable {
        /// The name, relative to the image's directory or absolute.
        public let name: String
        /// raw or qcow2.
        public let format: String

        /// A name and format.
        public init(name: String, format: String) {
            self.name = name
            self.format = format
        }
    }

    /// Options that contradict each other, or a disk that they do not fit.
    public struct Invalid: Error, Hashable, Sendable {
        /// What cannot be, as a part of a sentence.
        public let reason: String
    }

    /// The options that `qemu-img` takes when it is told nothing.
    public init() {}

    /// The sizes that follow.
    ///
    /// - Throws: `Invalid` when no image can be made like this.
    func geometry(forDiskOf diskBytes: UInt64) throws(Invalid) -> Geometry {
        try validate()
        guard clusterBytes.nonzeroBitCount == 1,
            let geometry = Geometry(
                clusterBits: UInt32(clusterBytes.trailingZeroBitCount),
                hasExtendedL2: hasExtendedL2
            )
        else {
            let least = hasExtendedL2 ? "16 KiB (with extended L2 entries)" : "512 bytes"
            throw Invalid(
                reason: "a cluster size of \(clusterBytes) bytes is not a power of two from "
                    + "\(least) to 2 MiB"
            )
        }
        guard geometry.l1Entries(forDiskOf: diskBytes) <= Header.maximumL1Entries else {
            throw Invalid(
                reason:
                    "a disk of \(diskBytes) bytes needs larger clusters than \(clusterBytes) bytes"
            )
        }
        return geometry
    }

    private func validate() throws(Invalid) {
        guard version == 2 || version == 3 else {
            throw Invalid(reason: "compat is 0.10 (version 2) or 1.1 (version 3)")
        }
        guard [1, 2, 4, 8, 16, 32, 64].contains(refcountBits) else {
            throw Invalid(reason: "refcount bits are a power of two from 1 to 64")
        }
        guard compressionWindow == .small || compressionType == .zlib else {
            throw Invalid(reason: "compression_window is for compression_type zlib")
        }
        guard version == 2 else { return }
        let needsVersion3 = [
            ("refcount_bits other than 16", refcountBits != 16),
            ("extended_l2", hasExtendedL2),
            ("lazy_refcounts", hasLazyRefcounts),
            ("compression_type zstd", compressionType != .zlib),
        ]
        if let first = needsVersion3.first(where: \.1) {
            throw Invalid(reason: "\(first.0) needs compat 1.1")
        }
    }
}
