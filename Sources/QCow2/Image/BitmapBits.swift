// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// The bits of a persistent bitmap, as bytes of which the first bit is the lowest: section "Bitmap
/// data".
package struct BitmapBits: Sendable {
    package let bitmap: PersistentBitmap
    /// The bytes that the bits of the whole disk take.
    package let byteCount: UInt64
    private let bitCount: UInt64
    private let image: QCow2Image
    /// Section "Bitmap table".
    private let table: [UInt64]
    private static let allOnes: UInt64 = 1
    private static let offset = BitField(9...55)

    /// Reads a bitmap's table.
    ///
    /// - Throws: `ImageError` when it is damaged or not of the image's disk.
    package init(of bitmap: PersistentBitmap, in image: QCow2Image) throws(ImageError) {
        let unit = bitmap.granularityBytes
        bitCount = image.header.diskBytes / unit + (image.header.diskBytes % unit == 0 ? 0 : 1)
        let clusterBytes = image.geometry.clusterBytes
        byteCount = (bitCount + 7) / 8
        let entries = (byteCount + clusterBytes - 1) / clusterBytes
        let (start, end) = (bitmap.tableOffset, image.metadata.byteCount)
        guard UInt64(bitmap.tableEntries) == entries, image.geometry.isAligned(start),
            start <= end, entries * 8 <= end - start
        else {
            throw image.damaged(
                start,
                "the table of bitmap '\(bitmap.name)' has \(bitmap.tableEntries) entries: "
                    + "\(entries) at an aligned place inside the file were expected"
            )
        }
        self.bitmap = bitmap
        self.image = image
        let bytes = try reading { () throws(IOError) in
            try image.metadata.bytes(at: start, count: Int(entries) * 8)
        }
        table = (0..<Int(entries)).map { bytes.bigEndian(UInt64.self, at: $0 * 8) }
    }

    /// A part of the bits' bytes; nil when all of them are zero.
    func bytes(_ range: Range<UInt64>) throws(ImageError) -> [UInt8]? {
        let clusterBytes = image.geometry.clusterBytes
        var (bytes, place): ([UInt8], UInt64) = ([], range.lowerBound)
        while place < range.upperBound {
            let index = Int(place / clusterBytes)
            let count = min(clusterBytes - place % clusterBytes, range.upperBound - place)
            bytes += try part(of: index, from: place % clusterBytes, count: Int(count))
            place += count
        }
        // Behind the last bit there may be anything.
        if range.upperBound == byteCount, bitCount % 8 != 0 {
            bytes[bytes.count - 1] &= UInt8(1) << UInt8(bitCount % 8) - 1
        }
        return bytes.allSatisfy { $0 == 0 } ? nil : bytes
    }

    private func part(
        of index: Int,
        from start: UInt64,
        count: Int
    ) throws(ImageError) -> [UInt8] {
        let host = table[index] & BitmapBits.offset.mask
        guard host != 0 else {
            let isSet = table[index] & BitmapBits.allOnes != 0
            return Array(repeating: isSet ? 0xff : 0, count: count)
        }
        guard image.geometry.isAligned(host), host <= image.metadata.byteCount,
            start + UInt64(count) <= image.metadata.byteCount - host
        else {
            throw image.damaged(
                bitmap.tableOffset + UInt64(index) * 8,
                "entry \(index) of bitmap '\(bitmap.name)' is \(hex(table[index])): it points to no "
                    + "cluster of the file"
            )
        }
        return try reading { () throws(IOError) in
            try image.metadata.bytes(at: host + start, count: count)
        }
    }
}
