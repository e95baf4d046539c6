// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// The size of the file that a disk needs in another format, as QEMU counts it.
///
/// The tables of the whole disk are counted, so that what `Collapse` writes is never longer.
public struct ImageMeasurement: Hashable, Sendable {
    /// What an image with the disk's data needs, in bytes.
    public let requiredBytes: UInt64
    /// What the image needs when all of the disk was written, in bytes.
    public let fullyAllocatedBytes: UInt64
    /// What the source's persistent bitmaps need besides; nil where one of the formats has none.
    public let bitmapBytes: UInt64?

    /// Measures a disk without data.
    ///
    /// - Throws: `.invalidOptions` when no image can be made like this.
    public init(
        ofEmptyDisk diskBytes: UInt64,
        as target: CollapseTarget.Format
    ) throws(CollapseError) {
        var target = target
        if case .qcow2(var creation, let format) = target {
            // Nothing is below a disk without data.
            creation.backing = nil
            target = .qcow2(creation, format)
        }
        try self.init(diskBytes, target, bitmapBytes: nil) { (_) throws(CollapseError) in 0 }
    }

    /// Measures the disk of an image and all below it.
    ///
    /// - Parameters:
    ///   - path: the image, named as QEMU names files: `json:` and `file:` are understood.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - snapshot: id or name of an internal snapshot, instead of the present state.
    ///   - sharesWithWriters: look at images while other programs write to them.
    ///   - target: the format of the file that is to be measured.
    /// - Throws: `CollapseError`.
    public init(
        of path: String,
        format: ImageFormat? = nil,
        snapshot: String? = nil,
        sharesWithWriters: Bool = false,
        as target: CollapseTarget.Format
    ) throws(CollapseError) {
        let map = try ImageMap(
            of: path,
            format: format,
            snapshot: snapshot,
            sharesWithWriters: sharesWithWriters
        )
        let source = try ImageInformation(
            of: path,
            format: format,
            sharesWithWriters: sharesWithWriters
        )
        try self.init(
            map.diskBytes,
            target,
            bitmapBytes: ImageMeasurement.bitmapBytes(of: source, in: target)
        ) { (clusterBytes) throws(CollapseError) in
            try ImageMeasurement.dataBytes(of: map, clusterBytes)
        }
    }

    /// Measures what a collapse writes, reading the tables of what it is allowed to read.
    ///
    /// Blocks that the target can share with the source count as if they were copied. A raw target
    /// needs what the chain has data for, unless its space is taken at once.
    ///
    /// - Throws: `CollapseError`.
    public init(of collapse: Collapse) throws(CollapseError) {
        let chain = try ImageChain(collapse.source, salvage: false, Cancellation())
        let map = try ImageMap(of: chain)
        guard case .raw(let preallocation) = collapse.target.format else {
            try self.init(map.diskBytes, collapse.target.format, bitmapBytes: nil) {
                (clusterBytes) throws(CollapseError) in
                try ImageMeasurement.dataBytes(of: map, clusterBytes)
            }
            return
        }
        let isTakenAtOnce = [.falloc, .full].contains(preallocation)
        let grainBytes = UInt64(RawWriter.zeroGrainBytes)
        self.init(
            requiredBytes: try isTakenAtOnce
                ? map.diskBytes : ImageMeasurement.dataBytes(of: map, grainBytes),
            fullyAllocatedBytes: map.diskBytes
        )
    }

    private init(requiredBytes: UInt64, fullyAllocatedBytes: UInt64) {
        (self.requiredBytes, self.fullyAllocatedBytes) = (requiredBytes, fullyAllocatedBytes)
        bitmapBytes = nil
    }

    private init(
        _ diskBytes: UInt64,
        _ target: CollapseTarget.Format,
        bitmapBytes: UInt64?,
        dataBytes: (UInt64) throws(CollapseError) -> UInt64
    ) throws(CollapseError) {
        self.bitmapBytes = bitmapBytes
        guard case .qcow2(let creation, let format) = target else {
            requiredBytes = (diskBytes + 511) & ~511
            fullyAllocatedBytes = requiredBytes
            return
        }
        do throws(CreationOptions.Invalid) {
            fullyAllocatedBytes = try creation.fullyAllocatedBytes(forDiskOf: diskBytes)
        } catch { throw CollapseError(.invalidOptions, error.reason) }
        // How much of the data a new backing file has is not known.
        let isFull =
            [.falloc, .full].contains(format.preallocation) || creation.backing != nil
        let unit = creation.clusterBytes
        let clusterBytes = (diskBytes + unit - 1) / unit * unit
        requiredBytes =
            try isFull
            ? fullyAllocatedBytes
            : fullyAllocatedBytes - clusterBytes + dataBytes(unit)
    }

    /// The clusters of a target in which a disk has data.
    private static func dataBytes(
        of map: ImageMap,
        _ clusterBytes: UInt64
    ) throws(CollapseError) -> UInt64 {
        var map = map
        var (count, next): (UInt64, UInt64) = (0, 0)
        while let entry = try map.next() {
            guard entry.isData, !entry.isZero, entry.length > 0 else { continue }
            let end = (entry.start + entry.length - 1) / clusterBytes + 1
            count += end - min(end, max(next, entry.start / clusterBytes))
            next = end
        }
        return count * clusterBytes
    }

    /// What copies of the bitmaps need: their clusters, tables and entries of the directory.
    private static func bitmapBytes(
        of source: ImageInformation,
        in target: CollapseTarget.Format
    ) -> UInt64? {
        guard case .qcow2(let creation, _) = target, creation.version >= 3,
            let details = source.details, details.version >= 3
        else { return nil }
        let unit = creation.clusterBytes
        let rounded = { (bytes: UInt64, unit: UInt64) in (bytes + unit - 1) / unit * unit }
        var (bytes, directoryBytes): (UInt64, UInt64) = (0, 0)
        for bitmap in details.bitmaps where !bitmap.isInUse {
            let bits = rounded(source.diskBytes, bitmap.granularityBytes) / bitmap.granularityBytes
            let data = rounded((bits + 7) / 8, unit)
            bytes += data + rounded(data / unit * 8, unit)
            directoryBytes += rounded(24 + UInt64(bitmap.name.utf8.count), 8)
        }
        return bytes + rounded(directoryBytes, unit)
    }
}
