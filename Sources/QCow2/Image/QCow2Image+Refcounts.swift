// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension QCow2Image {
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

    /// Counts clusters whose refcount is not 0, until there are enough.
    private func usedClusters(
        below limit: UInt64,
        atMost enough: UInt64
    ) throws(ImageError) -> UInt64 {
        let perBlock = (geometry.clusterBytes * 8) >> UInt64(header.refcountOrder)
        var (table, block) = (WordTable(), WordTable())
        let blocks = (limit + perBlock - 1) / perBlock
        let entries = UInt64(header.refcountTableClusters) * geometry.clusterBytes / 8
        try fill(&table, at: header.refcountTableOffset, words: min(blocks, entries))
        var used: UInt64 = 0
        for index in 0..<table.count where used < enough {
            let offset = table[index] & RefcountTableEntry.offset.mask
            guard offset != 0 else { continue }
            try fill(&block, at: offset, words: geometry.clusterBytes / 8)
            used += nonZeroRefcounts(in: block, limit - UInt64(index) * perBlock)
        }
        return used
    }

    private func fill(
        _ words: inout WordTable,
        at offset: UInt64,
        words count: UInt64
    ) throws(ImageError) {
        do throws(IOError) {
            try words.fill(from: metadata, at: offset, count: Int(count))
        } catch { throw .io(error) }
    }

    /// How many of the first `count` refcounts of a block are not 0.
    private func nonZeroRefcounts(in block: WordTable, _ count: UInt64) -> UInt64 {
        let bits: UInt64 = 1 << UInt64(header.refcountOrder)
        let perWord = 64 / bits
        let mask = UInt64.max >> (64 - bits)
        var used: UInt64 = 0
        for number in 0..<min(count, UInt64(block.count) * perWord) {
            let bit = number % perWord * bits
            // Those narrower than a byte begin with its lowest bits.
            let shift = bits < 8 ? 56 - bit / 8 * 8 + bit % 8 : 64 - bits - bit
            if block[Int(number / perWord)] >> shift & mask != 0 { used += 1 }
        }
        return used
    }
}

/// The bits of a refcount table entry: section "Refcount table entry".
enum RefcountTableEntry {
    static let offset = BitField(9...63)
}
