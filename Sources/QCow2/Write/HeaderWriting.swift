// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Where the tables of a finished image lie.
struct TablePlaces {
    var l1TableOffset: UInt64 = 0
    var l1Entries = 0
    var refcountTableOffset: UInt64 = 0
    var refcountTableClusters: UInt64 = 0
    var bitmaps: BitmapDirectoryReference?
}

extension CreationOptions {
    /// The length of the version 3 headers we write: with the compression type, padded to 8.
    private static let headerBytes: UInt32 = 112

    /// The first cluster of an image.
    ///
    /// - Throws: `Invalid` when the backing file's name does not fit.
    func headerCluster(
        diskBytes: UInt64,
        geometry: Geometry,
        tables: TablePlaces
    ) throws(Invalid) -> [UInt8] {
        var bytes: [UInt8] = []
        let length = version == 2 ? Header.version2Bytes : CreationOptions.headerBytes
        let extensions =
            CreationOptions.backingFormatExtension(backing) + bitmapsExtension(tables.bitmaps)
            + Array(repeating: 0, count: 8)
        let nameOffset = UInt64(length) + UInt64(extensions.count)
        let name = Array((backing?.name ?? "").utf8)
        guard name.count <= Header.maximumBackingNameBytes,
            nameOffset + UInt64(name.count) <= geometry.clusterBytes
        else {
            throw Invalid(
                reason: "the backing file's name of \(name.count) bytes does not fit into the image"
            )
        }
        bytes.appendBigEndian(Header.magic)
        bytes.appendBigEndian(version)
        bytes.appendBigEndian(name.isEmpty ? UInt64(0) : nameOffset)
        bytes.appendBigEndian(UInt32(name.count))
        bytes.appendBigEndian(UInt32(geometry.clusterBits))
        bytes.appendBigEndian(diskBytes)
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt32(tables.l1Entries))
        bytes.appendBigEndian(tables.l1TableOffset)
        bytes.appendBigEndian(tables.refcountTableOffset)
        bytes.appendBigEndian(UInt32(tables.refcountTableClusters))
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt64(0))
        if version == 3 { appendVersion3Fields(to: &bytes, hasBitmaps: tables.bitmaps != nil) }
        bytes += extensions + name
        bytes += Array(repeating: 0, count: Int(geometry.clusterBytes) - bytes.count)
        return bytes
    }

    private func appendVersion3Fields(to bytes: inout [UInt8], hasBitmaps: Bool) {
        var incompatible: IncompatibleFeatures = []
        if compressionType != .zlib { incompatible.insert(.compressionType) }
        if hasExtendedL2 { incompatible.insert(.extendedL2) }
        bytes.appendBigEndian(incompatible.rawValue)
        bytes.appendBigEndian(UInt64(hasLazyRefcounts ? 1 : 0))
        bytes.appendBigEndian(hasBitmaps ? AutoclearFeatures.bitmaps.rawValue : 0)
        bytes.appendBigEndian(UInt32(refcountBits.trailingZeroBitCount))
        bytes.appendBigEndian(CreationOptions.headerBytes)
        bytes.append(compressionType.rawValue)
        bytes += Array(repeating: 0, count: 7)
    }

    /// The backing format extension, where there is a backing file.
    static func backingFormatExtension(_ backing: BackingName?) -> [UInt8] {
        var bytes: [UInt8] = []
        if let format = backing?.format.utf8 {
            bytes.appendBigEndian(HeaderExtensions.Kind.backingFormat.rawValue)
            bytes.appendBigEndian(UInt32(format.count))
            bytes += Array(format) + Array(repeating: 0, count: (8 - format.count % 8) % 8)
        }
        return bytes
    }

    /// The bitmaps extension, where there are bitmaps.
    private func bitmapsExtension(_ bitmaps: BitmapDirectoryReference?) -> [UInt8] {
        guard let bitmaps else { return [] }
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt32(0x2385_2875))
        bytes.appendBigEndian(UInt32(24))
        bytes.appendBigEndian(bitmaps.count)
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(bitmaps.directoryBytes)
        bytes.appendBigEndian(bitmaps.directoryOffset)
        return bytes
    }
}
