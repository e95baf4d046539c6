// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

public import QCow2

/// What one image says of itself: its size, its format's details, its snapshots, and where it leads.
///
/// Only the image's own file is opened, for reading; neither a backing file nor a data file is.
public struct ImageInformation: Hashable, Sendable {
    /// The file, as it was named or resolved.
    public let path: String
    /// The image's format.
    public let format: ImageFormat
    /// The size of the disk, in bytes.
    public let diskBytes: UInt64
    /// What the file occupies on its file system, in bytes.
    public let allocatedBytes: UInt64
    /// The backing file; nil when the image stands alone.
    public let backing: Backing?
    /// The internal snapshots, in the image's order.
    public let snapshots: [Snapshot]
    /// What only a qcow2 image has; nil for a raw one.
    public let details: Details?

    /// A backing file, as its overlay records it.
    public struct Backing: Hashable, Sendable {
        /// The name in the overlay.
        public let name: String
        /// The name as the working directory sees it; one with a protocol stays as it is.
        public let path: String
        /// The format; nil when it is not recorded.
        public let format: String?
    }

    /// The details of a qcow2 image.
    public struct Details: Hashable, Sendable {
        /// The version of the format: 2 or 3.
        public let version: UInt32
        /// The size of a cluster, in bytes.
        public let clusterBytes: UInt64
        /// How compressed clusters are compressed.
        public let compressionType: CompressionType
        /// The width of a reference count, in bits.
        public let refcountBits: Int
        /// True when reference counts may be written late.
        public let hasLazyRefcounts: Bool
        /// True when clusters have subclusters.
        public let hasExtendedL2: Bool
        /// True when the image was not closed properly.
        public let isDirty: Bool
        /// True when a program found damage and marked the image.
        public let isCorrupt: Bool
        /// The external data file, as the image names it.
        public let dataFile: String?
        /// True when that file is a valid raw image; nil when there is none.
        public let isDataFileRaw: Bool?
        /// The persistent dirty bitmaps.
        public let bitmaps: [PersistentBitmap]
        /// True when the data is encrypted.
        public let isEncrypted: Bool
        /// How it is; nil without encryption, and for QEMU's old way, which has no header.
        public let luks: LUKSHeader?
    }
}
