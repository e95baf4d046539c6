// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// What one thread needs to compare parts of two disks.
struct ComparisonWorker {
    /// Differences are found in units of this size.
    private static let sectorBytes = 512

    /// A part whose content comes from one place in each chain.
    private typealias Pair = (first: Extent, second: Extent)

    private let chains: [ImageChain]
    private let isStrict: Bool
    private var first: DiskReader
    private var second: DiskReader

    init(_ maps: [FlatMap], isStrict: Bool) {
        chains = maps.map(\.chain)
        self.isStrict = isStrict
        first = DiskReader(maps[0])
        second = DiskReader(maps[1])
    }

    /// The first difference in a part, which lies in one slot.
    mutating func compare(
        _ part: Range<UInt64>
    ) throws(Comparison.Failure) -> Comparison.Difference? {
        let pairs = try at(.mapping) { () throws(CollapseError) in
            ComparisonWorker.pairs(try first.extents(in: part), try second.extents(in: part))
        }
        let other = isStrict ? pairs.firstIndex { $0.first.kind != $0.second.kind } : nil
        let unknown = pairs[..<(other ?? pairs.count)].filter { !isKnownEqual($0) }
        let offset = try at(.reading) { () throws(CollapseError) in
            try firstDifference(in: unknown)
        }
        if let offset { return .content(offset) }
        return other.map { .allocation(pairs[$0].first.guestOffset) }
    }

    /// Cuts the extents of both chains, which cover the same range, at each other's ends.
    private static func pairs(_ first: [Extent], _ second: [Extent]) -> [Pair] {
        var pairs: [Pair] = []
        var (left, right) = (first[...], second[...])
        while let one = left.first, let other = right.first {
            let common = one.guestRange.clamped(to: other.guestRange)
            pairs.append((one.clipped(to: common), other.clipped(to: common)))
            if one.guestEnd == common.upperBound { left.removeFirst() }
            if other.guestEnd == common.upperBound { right.removeFirst() }
        }
        return pairs
    }

    /// True when nobody has to read to know that both chains read the same.
    private func isKnownEqual(_ pair: Pair) -> Bool {
        switch (pair.first.content, pair.second.content) {
        case (.data(let one, let offset), .data(let other, let otherOffset)):
            offset == otherOffset && areSame(one, other)
        case (.compressed(let one, let run), .compressed(let other, let otherRun)):
            run == otherRun && areSame(one, other)
        default: !pair.first.needsReading && !pair.second.needsReading
        }
    }

    /// True when the data of a layer of the first chain and of one of the second is one file's.
    private func areSame(_ one: Int, _ other: Int) -> Bool {
        let files = [chains[0].layers[one].data as? File, chains[1].layers[other].data as? File]
        guard let one = files[0], let other = files[1] else { return false }
        return one.identity == other.identity
    }

    private mutating func firstDifference(in pairs: [Pair]) throws(CollapseError) -> UInt64? {
        guard !pairs.isEmpty else { return nil }
        let chunk = first.announce(pairs.map(\.first))
        let other = second.announce(pairs.map(\.second))
        try first.read(chunk)
        try second.read(other)
        for pair in pairs {
            let place = first.buffer.bytes.firstDifference(
                from: second.buffer.bytes,
                in: pair.first.range(in: chunk),
                grainBytes: ComparisonWorker.sectorBytes
            )
            if let place { return chunk.slotStart + UInt64(place) }
        }
        return nil
    }
}

/// One chain, as a worker looks at it slot by slot.
private struct DiskReader {
    let buffer = ChunkBuffer()
    private let chain: ImageChain
    private let windowBytes: UInt64
    private let reader: ChunkReader
    private var flattener: WindowFlattener
    /// The window that was flattened last.
    private var window: Range<UInt64> = 0..<0
    private var extents: [Extent] = []

    init(_ map: FlatMap) {
        chain = map.chain
        windowBytes = map.windowBytes
        flattener = WindowFlattener(map)
        reader = ChunkReader(chain, PlanPolicy(grainBytes: UInt64(RawWriter.zeroGrainBytes)))
    }

    /// The extents of a part of one slot, without gaps; behind the end of the disk is nothing.
    mutating func extents(in part: Range<UInt64>) throws(CollapseError) -> [Extent] {
        let inside = part.clamped(to: 0..<chain.diskBytes)
        var result: [Extent] = []
        if !inside.isEmpty {
            if !window.contains(inside.lowerBound) { try flatten(around: inside.lowerBound) }
            result = extents.drop { $0.guestEnd <= inside.lowerBound }
                .prefix { $0.guestOffset < inside.upperBound }.map { $0.clipped(to: inside) }
        }
        for case .damaged(let layer, let entry) in result.map(\.content) {
            throw chain.error(for: entry, of: layer)
        }
        let end = max(part.lowerBound, chain.diskBytes)
        return end < part.upperBound ? result + [.unallocated(end..<part.upperBound)] : result
    }

    private mutating func flatten(around offset: UInt64) throws(CollapseError) {
        let start = offset / windowBytes * windowBytes
        window = start..<min(start + windowBytes, chain.diskBytes)
        extents = try flattener.flatten(window)
    }

    /// The chunk of extents of one slot, which will be read soon.
    func announce(_ extents: [Extent]) -> Chunk {
        let start = extents[0].guestOffset / Chunk.slotBytes * Chunk.slotBytes
        let chunk = Chunk(slotStart: start, extents: extents)
        reader.announce(chunk)
        return chunk
    }

    /// Fills the buffer with what a chunk reads as.
    func read(_ chunk: Chunk) throws(CollapseError) {
        buffer.prepare(for: chunk, grainBytes: 1)
        try reader.read(chunk, into: buffer)
    }
}

extension Extent {
    /// What strict comparisons tell apart.
    fileprivate enum Kind { case unallocated, zeros, data, compressed, damaged }

    fileprivate var kind: Kind {
        switch content {
        case .unallocated: .unallocated
        case .zeros: .zeros
        case .data: .data
        case .compressed: .compressed
        case .damaged: .damaged
        }
    }
}
