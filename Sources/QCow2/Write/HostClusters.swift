// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Hands out the clusters of a new image file from front to back and knows how often each is used.
struct HostClusters: Sendable {
    private let clusterBytes: UInt64
    private let refcountBits: Int
    /// The number of clusters handed out.
    private(set) var count: UInt64
    /// Where the next compressed stream may begin, in a cluster that has room left.
    private(set) var streamOffset: UInt64?
    /// How often each cluster is used, kept only where clusters are shared by streams.
    private var uses: [UInt16]?

    /// Clusters behind so many that a file has already.
    init(clusterBytes: UInt64, refcountBits: Int, sharesClusters: Bool, behind count: UInt64 = 0) {
        self.clusterBytes = clusterBytes
        self.count = count
        self.refcountBits = refcountBits
        uses = sharesClusters ? [] : nil
    }

    var byteCount: UInt64 { count * clusterBytes }
    private var entriesPerBlock: UInt64 { clusterBytes * 8 / UInt64(refcountBits) }
    /// The largest refcount that fits, as far as we count.
    private var maximumUses: UInt16 {
        refcountBits >= 16 ? .max : UInt16(1) << UInt16(refcountBits) - 1
    }

    /// The next clusters, one after the other.
    mutating func take(_ number: UInt64) -> HostOffset {
        defer { count += number }
        uses?.append(contentsOf: repeatElement(1, count: Int(number)))
        return HostOffset(byteCount)
    }

    /// Room for a compressed stream: right behind the last one where that is possible.
    mutating func takeBytes(_ byteCount: UInt64) -> HostOffset {
        let start = streamStart(byteCount)
        let end = start + byteCount
        let first = start / clusterBytes
        let isShared = start % clusterBytes != 0
        while self.byteCount < end { _ = take(1) }
        if isShared { uses?[Int(first)] += 1 }
        streamOffset = end % clusterBytes == 0 ? nil : end
        return HostOffset(start)
    }

    private func streamStart(_ byteCount: UInt64) -> UInt64 {
        guard let offset = streamOffset,
            let inUse = uses?[Int(offset / clusterBytes)], inUse < maximumUses
        else { return self.byteCount }
        let roomInCluster = clusterBytes - offset % clusterBytes
        let isLastCluster = offset / clusterBytes == count - 1
        return byteCount <= roomInCluster || isLastCluster ? offset : self.byteCount
    }

    /// Where the refcounts of a finished file lie.
    struct Refcounts {
        let tableOffset: HostOffset
        let tableClusters: UInt64
        /// The blocks' places, and zeros up to the end of the last cluster.
        let table: [UInt64]
        let blockCount: UInt64

        func blockOffset(_ block: UInt64) -> HostOffset { HostOffset(table[Int(block)]) }
    }

    /// Takes the clusters for the refcount table and blocks, which count themselves as well.
    mutating func placeRefcounts() throws(CreationOptions.Invalid) -> Refcounts {
        var (blocks, tables): (UInt64, UInt64) = (0, 1)
        while true {
            let needed = (count + blocks + tables + entriesPerBlock - 1) / entriesPerBlock
            let neededTables = max(1, (needed * 8 + clusterBytes - 1) / clusterBytes)
            if needed == blocks, neededTables == tables { break }
            (blocks, tables) = (needed, neededTables)
        }
        guard tables * clusterBytes <= Header.maximumRefcountTableBytes else {
            throw CreationOptions.Invalid(
                reason: "a file of \(byteCount) bytes needs larger clusters than \(clusterBytes) "
                    + "bytes: its refcount table would exceed 8 MiB"
            )
        }
        let tableOffset = take(tables)
        let firstBlock = take(blocks)
        var table = (0..<blocks).map { firstBlock.rawValue + $0 * clusterBytes }
        table += Array(repeating: 0, count: Int(tables * clusterBytes / 8 - blocks))
        return Refcounts(
            tableOffset: tableOffset,
            tableClusters: tables,
            table: table,
            blockCount: blocks
        )
    }

    /// The bytes of a refcount block: section "Refcount block"; narrow entries begin at the least
    /// significant bit.
    func refcountBlock(_ block: UInt64) -> [UInt8] {
        let first = block * entriesPerBlock
        let used = min(entriesPerBlock, count - first)
        var bytes = [UInt8](repeating: 0, count: Int(clusterBytes))
        for entry in 0..<used {
            let uses = UInt64(self.uses?[Int(first + entry)] ?? 1)
            let bit = Int(entry) * refcountBits
            if refcountBits < 8 {
                bytes[bit / 8] |= UInt8(uses) << UInt8(bit % 8)
            } else {
                let last = bit / 8 + refcountBits / 8 - 1
                bytes[last] = UInt8(truncatingIfNeeded: uses)
                if refcountBits > 8 { bytes[last - 1] = UInt8(uses >> 8) }
            }
        }
        return bytes
    }
}
