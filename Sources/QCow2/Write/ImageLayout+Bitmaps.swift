// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension ImageLayout {
    /// Writes copies of bitmaps, whose places follow on all that was handed out: their bits, where some
    /// are set, their tables, and their directory.
    ///
    /// - Throws: what `write` throws, or `ImageError`.
    package mutating func addBitmaps(
        _ bitmaps: [BitmapBits],
        write: ([UInt8], HostOffset) throws -> Void
    ) throws {
        var directory: [UInt8] = []
        for bits in bitmaps {
            let table = try addTable(of: bits, write)
            directory += entry(of: bits.bitmap, tableAt: table.offset, entries: table.entries)
        }
        guard !directory.isEmpty else { return }
        let place = try add(directory, write)
        self.bitmaps = BitmapDirectoryReference(
            count: UInt32(bitmaps.count),
            directoryOffset: place.rawValue,
            directoryBytes: UInt64(directory.count)
        )
    }

    private mutating func addTable(
        of bits: BitmapBits,
        _ write: ([UInt8], HostOffset) throws -> Void
    ) throws -> (offset: HostOffset, entries: Int) {
        var table: [UInt64] = []
        for start in stride(from: 0, to: bits.byteCount, by: Int(geometry.clusterBytes)) {
            let range = start..<min(start + geometry.clusterBytes, bits.byteCount)
            let bytes = try bits.bytes(range)
            table.append(try bytes.map { try add($0, write).rawValue } ?? 0)
        }
        return (try add(bigEndianBytes(table[...]), write), table.count)
    }

    /// Writes bytes to clusters of their own, which they fill up with zeros.
    private mutating func add(
        _ bytes: [UInt8],
        _ write: ([UInt8], HostOffset) throws -> Void
    ) throws -> HostOffset {
        let count = (UInt64(bytes.count) + geometry.clusterBytes - 1) / geometry.clusterBytes
        let place = clusters.take(max(1, count))
        let padding = Int(max(1, count) * geometry.clusterBytes) - bytes.count
        try write(bytes + Array(repeating: 0, count: padding), place)
        return place
    }

    /// Section "Bitmap directory".
    private func entry(
        of bitmap: PersistentBitmap,
        tableAt offset: HostOffset,
        entries: Int
    ) -> [UInt8] {
        let name = Array(bitmap.name.utf8)
        var bytes: [UInt8] = []
        bytes.appendBigEndian(offset.rawValue)
        bytes.appendBigEndian(UInt32(entries))
        bytes.appendBigEndian(UInt32(bitmap.isAutomatic ? 2 : 0))
        // The type: dirty tracking.
        bytes.append(1)
        bytes.append(UInt8(bitmap.granularityBytes.trailingZeroBitCount))
        bytes.appendBigEndian(UInt16(name.count))
        bytes.appendBigEndian(UInt32(0))
        return bytes + name + Array(repeating: 0, count: (8 - name.count % 8) % 8)
    }
}
