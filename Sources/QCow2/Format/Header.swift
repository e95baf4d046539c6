// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A checked qcow2 header, version 2 or 3, and its extensions: sections "Header" and "Header
/// extensions" of the format's specification.
package struct Header: Hashable, Sendable {
    /// `QFI\xfb`.
    package static let magic: UInt32 = 0x5146_49fb
    /// The length of a version 2 header, where its extensions begin.
    static let version2Bytes: UInt32 = 72
    /// The least length of a version 3 header.
    static let version3Bytes: UInt32 = 104

    /// Where the incompatible feature bits are.
    static let incompatibleFeaturesOffset: UInt64 = 72

    /// QEMU refuses larger L1 tables (32 MiB); so do we.
    package static let maximumL1Entries: UInt64 = 4 << 20
    /// QEMU refuses larger refcount tables.
    package static let maximumRefcountTableBytes: UInt64 = 8 << 20
    /// QEMU refuses more internal snapshots.
    package static let maximumSnapshots: UInt32 = 65_536
    /// The format's limit for the length of a backing file's name.
    package static let maximumBackingNameBytes: UInt32 = 1023

    package let version: UInt32
    package let geometry: Geometry
    /// The guest-visible size, in bytes, as the header has it.
    package let virtualSize: UInt64
    package let l1Entries: UInt32
    package let l1TableOffset: UInt64
    package let refcountTableOffset: UInt64
    package let refcountTableClusters: UInt32
    package let snapshotCount: UInt32
    package let snapshotTableOffset: UInt64
    package let incompatibleFeatures: IncompatibleFeatures
    package let compatibleFeatures: UInt64
    package let autoclearFeatures: AutoclearFeatures
    package let encryption: EncryptionMethod
    /// The width of a refcount in bits, as a power of two: 4 is 16 bits.
    package let refcountOrder: UInt32
    package let headerLength: UInt32
    package let compressionType: CompressionType
    /// The backing file's name as the image has it; nil when the image stands alone.
    package let backingName: String?
    package let extensions: HeaderExtensions

    /// The virtual size that a guest sees: whole 512-byte sectors, as QEMU counts them.
    package var diskBytes: UInt64 { virtualSize & ~511 }

    /// True when the image lets refcounts lag behind and marks itself dirty.
    package var hasLazyRefcounts: Bool { compatibleFeatures & 1 != 0 }
}

/// How an image's data is encrypted.
package enum EncryptionMethod: UInt32, Hashable, Sendable {
    case none = 0
    case aes = 1
    case luks = 2
}

/// What a header's extensions say.
package struct HeaderExtensions: Hashable, Sendable {
    /// The backing file's format; nil when the image does not say.
    package var backingFormat: String?
    /// The external data file's name, relative to the working directory.
    package var dataFileName: String?
    /// The rows of the feature name table as the image has them.
    var featureNameTable: [UInt8] = []
    /// Where the directory of persistent bitmaps lies.
    package var bitmaps: BitmapDirectoryReference?
    /// Where the LUKS header of an encrypted image lies.
    package var luksHeaderOffset: UInt64?
    /// The bytes that the LUKS header and its keys take.
    var luksHeaderBytes: UInt64 = 0

    package init() {}
}

/// The bitmaps extension: how many persistent bitmaps there are and where they are listed.
package struct BitmapDirectoryReference: Hashable, Sendable {
    package let count: UInt32
    package let directoryOffset: UInt64
    package let directoryBytes: UInt64
}
