// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension QCow2Image {
    /// So many bytes of refcounts are read to guess how an image was made.
    ///
    /// That is all of a file of 2 TiB with clusters of 64 KiB. A table can lead to terabytes.
    static let maximumGuessBytes: UInt64 = 64 << 20

    /// True when so many more clusters are counted as used than the file has on its file system that
    /// data clusters must be holes: the image was made with its metadata preallocated.
    ///
    /// This is QEMU's rule, with which it decides whether to look for holes in data.
    package func isPreallocated() throws(ImageError) -> Bool {
        let allocatedBytes = try reading { () throws(IOError) in try metadata.allocatedBytes() }
        let real = allocatedBytes >> UInt64(geometry.clusterBits)
        let threshold = max(real * 10 / 9, real + 2)
        let clusters = (metadata.byteCount + geometry.clusterBytes - 1) / geometry.clusterBytes
        guard clusters >= threshold else { return false }
        return try usedClusters(below: clusters, atMost: threshold) >= threshold
    }

    /// Counts clusters whose refcount is not 0, until there are enough or too much was read.
    private func usedClusters(
        below limit: UInt64,
        atMost enough: UInt64
    ) throws(ImageError) -> UInt64 {
        var stored = try StoredRefcounts(of: self)
        let perBlock = stored.clustersPerBlock
        var used: UInt64 = 0
        let blocks = min(
            (limit + perBlock - 1) / perBlock,
            UInt64(stored.table.count),
            QCow2Image.maximumGuessBytes / geometry.clusterBytes
        )
        for index in 0..<blocks where used < enough {
            guard case .success(let block?) = try stored.block(index) else { continue }
            for number in 0..<min(limit - index * perBlock, block.count) where block[number] != 0 {
                used += 1
            }
        }
        return used
    }

    /// Reads words of metadata; those beyond the end of the file are 0.
    func fill(
        _ words: inout WordTable,
        at offset: UInt64,
        words count: UInt64
    ) throws(ImageError) {
        do throws(IOError) {
            try words.fill(from: metadata, at: offset, count: Int(count))
        } catch { throw .io(error) }
    }
}

/// The bits of a refcount table entry: section "Refcount table entry".
enum RefcountTableEntry {
    static let offset = BitField(9...63)
    static let reserved = BitField(0...8)
}
