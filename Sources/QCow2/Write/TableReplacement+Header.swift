// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

extension TableReplacement {
    /// What a disk writes as one.
    private static let sectorBytes = 512

    /// Writes what is left of the new tables, after the last cluster was placed.
    ///
    /// - Returns: the first sector of the file, which makes the new tables the image's own; until it is
    ///   written, the image is what it was.
    /// - Throws: what `write` throws, or `ImageError`.
    package mutating func finish(
        _ layout: inout ImageLayout,
        write: ([UInt8], HostOffset) throws -> Void
    ) throws -> [UInt8] {
        layout.finishOpenTable()
        for part in layout.takeFinishedParts() { try write(merge(part), part.hostOffset) }
        try write(bigEndianBytes(layout.l1), layout.l1TableOffset)
        let (header, geometry) = (image.header, image.geometry)
        free(header.l1TableOffset, geometry.clusters(holding: UInt64(l1.count) * 8))
        free(header.refcountTableOffset, UInt64(header.refcountTableClusters))
        let refcounts = try writeRefcounts(&layout.clusters, write: write)
        return try firstSector(l1TableOffset: layout.l1TableOffset.rawValue, refcounts)
    }

    private mutating func free(_ offset: UInt64, _ clusters: UInt64) {
        let first = offset >> UInt64(image.geometry.clusterBits)
        freed.insert(first..<(first + clusters))
    }

    /// Checks the image as it will be once the sector is written.
    ///
    /// - Parameters:
    ///   - sector: the first of the file.
    ///   - source: the file, with everything else that was written.
    /// - Throws: `ImageError` when it would not be sound.
    package func check(_ sector: [UInt8], in source: any BlockSource) throws(ImageError) {
        let future = SourceWithStart(source, sector)
        let header = try Header(reading: future)
        var first: String?
        let image = QCow2Image(header: header, metadata: future, clusters: future)
        var check = try RefcountCheck(of: image) { finding in first = first ?? finding }
        let report = try check.run()
        guard report.isSound, report.leaks == leaks, header.backingName == nil else {
            throw image.damaged(0, "the new tables read back wrong: \(first ?? "")")
        }
    }

    private func firstSector(
        l1TableOffset: UInt64,
        _ refcounts: Place
    ) throws(ImageError) -> [UInt8] {
        let (header, source) = (image.header, image.metadata)
        let count = Int(min(image.geometry.clusterBytes, source.byteCount))
        var bytes = try reading { () throws(IOError) in try source.bytes(at: 0, count: count) }
        try dropBackingFormat(from: &bytes)
        bytes.replace(at: 8, with: UInt64(0))
        bytes.replace(at: 16, with: UInt32(0))
        bytes.replace(at: 40, with: l1TableOffset)
        bytes.replace(at: 48, with: refcounts.offset)
        bytes.replace(at: 56, with: UInt32(refcounts.clusters))
        if header.version >= 3 {
            // Who writes clears what he does not know.
            let known = header.autoclearFeatures.intersection([.bitmaps, .rawExternalData])
            bytes.replace(at: 88, with: known.rawValue)
        }
        return Array(bytes.prefix(TableReplacement.sectorBytes))
    }

    /// Takes out the extension that names the backing file's format, where all others then lie in the
    /// first sector; else it stays, and means nothing without a backing file.
    private func dropBackingFormat(from bytes: inout [UInt8]) throws(ImageError) {
        let start = Int(image.header.headerLength)
        let (kept, hasEnd) = extensions(in: bytes)
        let room = TableReplacement.sectorBytes - start - 8
        if kept.count <= room {
            let rest = Array(repeating: 0 as UInt8, count: room + 8 - kept.count)
            bytes.replaceSubrange(start..<min(bytes.count, start + room + 8), with: kept + rest)
        } else if !hasEnd {
            throw image.damaged(8, "the header extensions have no end but the backing file's name")
        }
    }

    /// The header extensions without the backing file's format, and whether a mark says where they end.
    private func extensions(in bytes: [UInt8]) -> (kept: [UInt8], hasEnd: Bool) {
        let nameOffset = Int(clamping: bytes.bigEndian(UInt64.self, at: 8))
        var kept: [UInt8] = []
        var position = Int(image.header.headerLength)
        while min(nameOffset, bytes.count) - position >= 8 {
            let type = bytes.bigEndian(UInt32.self, at: position)
            guard type != 0 else { return (kept, true) }
            let length = Int(bytes.bigEndian(UInt32.self, at: position + 4))
            let end = position + 8 + (length + 7) / 8 * 8
            if type != HeaderExtensions.Kind.backingFormat.rawValue {
                kept += bytes[position..<min(end, bytes.count)]
            }
            position = end
        }
        return (kept, false)
    }
}

extension [UInt8] {
    /// Writes a number over the bytes at an index.
    fileprivate mutating func replace(at index: Int, with value: some FixedWidthInteger) {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(value)
        replaceSubrange(index..<(index + bytes.count), with: bytes)
    }
}

/// A file whose first bytes are others.
private final class SourceWithStart: BlockSource {
    private let source: any BlockSource
    private let start: [UInt8]
    var path: String { source.path }
    var byteCount: UInt64 { source.byteCount }

    init(_ source: any BlockSource, _ start: [UInt8]) {
        (self.source, self.start) = (source, start)
    }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        try source.read(at: offset, into: &bytes)
        if offset < UInt64(start.count) { overwrite(&bytes, at: Int(offset)) }
    }

    /// Puts the bytes of the start that lie from an offset on over those that were read there.
    private func overwrite(_ bytes: inout MutableRawSpan, at offset: Int) {
        for (place, byte) in start.dropFirst(offset).prefix(bytes.byteCount).enumerated() {
            bytes.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
        }
    }
}
