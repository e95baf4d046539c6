// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

/// The start of an image's header as it is to be when it names another backing file, or none.
///
/// A disk writes a sector as one, so all that changes is in the first. Only the name may lie behind it,
/// where nobody looks for it before the sector is written.
package struct BackingReplacement: Sendable {
    /// What a disk writes as one.
    private static let sectorBytes = 512

    private let image: QCow2Image
    private let name: [UInt8]
    private let nameOffset: Int
    /// The first sector of the file.
    let sector: [UInt8]

    /// The header of an image, with another backing file or none.
    ///
    /// - Throws: `ImageError` when the first cluster has no room for it.
    package init(
        of image: QCow2Image,
        by backing: CreationOptions.BackingName?
    ) throws(ImageError) {
        let (header, source) = (image.header, image.metadata)
        let count = Int(min(image.geometry.clusterBytes, source.byteCount))
        var bytes = try reading { () throws(IOError) in try source.bytes(at: 0, count: count) }
        let sectorBytes = BackingReplacement.sectorBytes
        bytes += Array(repeating: 0, count: max(0, sectorBytes - count))
        let name = Array((backing?.name ?? "").utf8)
        let format = CreationOptions.backingFormatExtension(backing)
        let old = HeaderExtensionArea(in: bytes, of: header)
        let oldName = header.backingName == nil ? 0..<0 : BackingReplacement.name(in: bytes)
        guard let end = old.replaceFormat(by: format, in: &bytes, sectorBytes: sectorBytes),
            let place = BackingReplacement.place(
                for: name.count,
                in: bytes.count,
                behind: end,
                avoiding: old.endOffset,
                oldName
            )
        else {
            throw image.overLimit(
                UInt64(header.headerLength),
                "the header has no room for another backing file's name and format"
            )
        }
        bytes.replace(at: 8, with: name.isEmpty ? 0 : UInt64(place))
        bytes.replace(at: 16, with: UInt32(name.count))
        if header.version >= 3 {
            // Who writes clears what he does not know.
            let known = header.autoclearFeatures.intersection([.bitmaps, .rawExternalData])
            bytes.replace(at: 88, with: known.rawValue)
        }
        if place < sectorBytes { bytes.replaceSubrange(place..<(place + name.count), with: name) }
        (self.image, self.name, nameOffset) = (image, name, place)
        sector = Array(bytes.prefix(sectorBytes))
    }

    /// Where a header has the backing file's name.
    private static func name(in bytes: [UInt8]) -> Range<Int> {
        let start = Int(clamping: bytes.bigEndian(UInt64.self, at: 8))
        return start..<(start + Int(bytes.bigEndian(UInt32.self, at: 16)))
    }

    /// Where a name can lie: in the sector, or else where nothing is yet.
    private static func place(
        for count: Int,
        in clusterBytes: Int,
        behind end: Int,
        avoiding oldEnd: Int,
        _ oldName: Range<Int>
    ) -> Int? {
        guard count > 0, end + count > sectorBytes else { return end }
        let least = max(sectorBytes, end, oldEnd)
        let fitsBefore = least + count <= oldName.lowerBound
        let place = fitsBefore ? least : max(least, oldName.upperBound)
        return place + count <= clusterBytes ? place : nil
    }

    /// Writes it; whenever that stops, the image names the old backing file or the new one.
    ///
    /// - Parameter target: the image file, open for writing and locked.
    /// - Throws: `ImageError` when it cannot be written, or what would be there were no sound header.
    package func write(to target: any BlockTarget) throws(ImageError) {
        try reading { () throws(IOError) in
            guard nameOffset >= sector.count, !name.isEmpty else { return }
            try target.write(name, at: UInt64(nameOffset))
            try target.flush()
        }
        let future = SourceWithStart(image.metadata, sector)
        let header = try Header(reading: future, acceptsEncryption: true)
        guard Array((header.backingName ?? "").utf8) == name,
            header.extensions.bitmaps == image.header.extensions.bitmaps,
            header.extensions.dataFileName == image.header.extensions.dataFileName
        else { throw image.damaged(8, "the new header reads back wrong") }
        try reading { () throws(IOError) in
            try target.write(sector, at: 0)
            try target.flush()
        }
    }
}

extension [UInt8] {
    /// Writes a number over the bytes at an index.
    mutating func replace(at index: Int, with value: some FixedWidthInteger) {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(value)
        replaceSubrange(index..<(index + bytes.count), with: bytes)
    }
}
