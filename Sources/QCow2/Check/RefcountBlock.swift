// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// The refcounts of consecutive clusters, as an image has them: section "Refcount block".
struct RefcountBlock {
    var words = WordTable()
    /// The width of a refcount, in bits.
    let bits: UInt64

    init(refcountOrder: UInt32) { bits = 1 << UInt64(refcountOrder) }

    var count: UInt64 { UInt64(words.count) * 64 / bits }

    subscript(number: UInt64) -> UInt64 {
        get { words[Int(number * bits / 64)] >> shift(of: number) & mask }
        set {
            let (word, shift) = (Int(number * bits / 64), shift(of: number))
            words[word] = words[word] & ~(mask << shift) | newValue << shift
        }
    }

    private var mask: UInt64 { UInt64.max >> (64 - bits) }

    /// Where a refcount lies in its word; those narrower than a byte begin with its lowest bits.
    private func shift(of number: UInt64) -> UInt64 {
        let place = number * bits % 64
        return bits < 8 ? 56 - place / 8 * 8 + place % 8 : 64 - bits - place
    }
}

/// The refcounts that an image has written down, block by block.
struct StoredRefcounts {
    /// A block whose place is not that of a cluster of any file: what it says is unknown.
    struct Unreadable: Error {}

    let clustersPerBlock: UInt64
    /// The refcount table.
    private(set) var table = WordTable()
    private let image: QCow2Image
    private var loaded: RefcountBlock
    private var loadedIndex: UInt64?

    init(of image: QCow2Image) throws(ImageError) {
        self.image = image
        loaded = RefcountBlock(refcountOrder: image.header.refcountOrder)
        clustersPerBlock = image.geometry.clusterBytes * 8 / loaded.bits
        let entries =
            UInt64(image.header.refcountTableClusters) * image.geometry.clusterBytes / 8
        try image.fill(&table, at: image.header.refcountTableOffset, words: entries)
    }

    /// Where a block lies; 0 where there is none.
    func blockOffset(_ index: UInt64) -> UInt64 {
        index < UInt64(table.count) ? table[Int(index)] & RefcountTableEntry.offset.mask : 0
    }

    /// A block; nil where there is none, so that all its clusters are free.
    ///
    /// What is asked for again is not read again.
    mutating func block(_ index: UInt64) throws(ImageError) -> Result<RefcountBlock?, Unreadable> {
        let offset = blockOffset(index)
        guard offset != 0 else { return .success(nil) }
        guard image.geometry.isAligned(offset), offset <= UInt64(Int64.max) else {
            return .failure(Unreadable())
        }
        if loadedIndex != index {
            try image.fill(&loaded.words, at: offset, words: image.geometry.clusterBytes / 8)
            loadedIndex = index
        }
        return .success(loaded)
    }

    /// One refcount; nil when it is unknown.
    mutating func refcount(of cluster: UInt64) throws(ImageError) -> UInt64? {
        switch try block(cluster / clustersPerBlock) {
        case .success(let block): block.map { $0[cluster % clustersPerBlock] } ?? 0
        case .failure: nil
        }
    }

    /// Forgets what was read.
    mutating func forget() { loadedIndex = nil }
}
