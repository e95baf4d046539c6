// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension QCow2Image {
    /// The parts of a bitmap directory entry before its extra data.
    private static let fixedBitmapBytes = 24

    /// The persistent bitmaps, in the directory's order: section "Bitmap directory".
    ///
    /// - Throws: `ImageError` naming the entry that is damaged.
    package func persistentBitmaps() throws(ImageError) -> [PersistentBitmap] {
        guard let reference = header.extensions.bitmaps else { return [] }
        let start = reference.directoryOffset
        guard start <= metadata.byteCount,
            reference.directoryBytes <= metadata.byteCount - start
        else { throw damaged(start, "the bitmap directory passes the end of the file") }
        let directory = try reading { () throws(IOError) in
            try metadata.bytes(at: start, count: Int(reference.directoryBytes))
        }
        var bitmaps: [PersistentBitmap] = []
        var position = 0
        while position < directory.count, bitmaps.count <= Int(reference.count) {
            let (bitmap, end) = try bitmap(in: directory, at: position, start)
            bitmaps.append(bitmap)
            position = end
        }
        guard bitmaps.count == Int(reference.count) else {
            throw damaged(
                start,
                "the bitmap directory has \(bitmaps.count) entries: the header says "
                    + "\(reference.count)"
            )
        }
        return bitmaps
    }

    /// Reads one entry and finds where the next begins.
    private func bitmap(
        in directory: [UInt8],
        at position: Int,
        _ start: UInt64
    ) throws(ImageError) -> (PersistentBitmap, Int) {
        let left = directory.count - position - QCow2Image.fixedBitmapBytes
        let fixed = directory[position...].prefix(QCow2Image.fixedBitmapBytes)
        let entry = Array(fixed) + Array(repeating: 0, count: max(0, -left))
        let nameBytes = Int(entry.bigEndian(UInt16.self, at: 18))
        let extraBytes = Int(entry.bigEndian(UInt32.self, at: 20))
        let granularityBits = entry[17]
        guard left >= 0, extraBytes + nameBytes <= left, nameBytes > 0,
            PersistentBitmap.granularityBitsRange.contains(granularityBits)
        else {
            throw damaged(
                start + UInt64(position),
                "the entry of the bitmap directory contradicts itself"
            )
        }
        let name = position + QCow2Image.fixedBitmapBytes + extraBytes
        let flags = entry.bigEndian(UInt32.self, at: 12)
        let bitmap = PersistentBitmap(
            name: directory.text(name..<(name + nameBytes)),
            granularityBytes: 1 << UInt64(granularityBits),
            isInUse: flags & 1 != 0,
            isAutomatic: flags & 2 != 0,
            tableOffset: entry.bigEndian(UInt64.self, at: 0),
            tableEntries: entry.bigEndian(UInt32.self, at: 8)
        )
        return (bitmap, (name + nameBytes + 7) / 8 * 8)
    }
}
