// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

extension TableReplacement {
    /// Writes what is left of the new tables, after the last cluster was placed.
    ///
    /// - Returns: the first sector of the file, which makes the new tables the image's own; until it is
    ///   written, the image is what it was.
    /// - Throws: what `write` throws, or `ImageError`.
    package mutating func finish(
        _ layout: inout ImageLayout,
        write: ([UInt8], HostOffset) throws -> Void
    ) throws -> [UInt8] {
        layout.finishTables()
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
        var bytes = try BackingReplacement(of: image, by: nil).sector
        bytes.replace(at: 40, with: l1TableOffset)
        bytes.replace(at: 48, with: refcounts.offset)
        bytes.replace(at: 56, with: UInt32(refcounts.clusters))
        return bytes
    }
}
