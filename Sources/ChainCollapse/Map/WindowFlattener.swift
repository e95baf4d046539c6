// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Resolves the windows of a flattened map, one after the other, keeping its memory between them.
struct WindowFlattener {
    /// The tables of so many layers are announced together, though those below may not be needed.
    private static let announcedLayers = 16

    private let map: FlatMap
    private var chain: ImageChain { map.chain }
    private var words = WordTable()
    private var runs: [MappedRun] = []
    /// What no layer has said anything about yet, in guest order.
    private var unresolved: [Range<UInt64>] = []
    private var resolved: [Extent] = []

    init(_ map: FlatMap) { self.map = map }

    /// The extents of a window in guest order, without gaps; neighbours that continue each other
    /// are one.
    mutating func flatten(_ window: Range<UInt64>) throws(CollapseError) -> [Extent] {
        resolved.removeAll(keepingCapacity: true)
        unresolved = [window]
        let layers = map.layers(in: window)
        for (place, index) in layers.enumerated() where !unresolved.isEmpty {
            if place % WindowFlattener.announcedLayers == 0 {
                announceTables(of: layers[place...], in: window)
            }
            cutUnresolved(at: chain.visibleBytes[index])
            guard let first = unresolved.first, let last = unresolved.last else { break }
            try resolve(first.lowerBound..<last.upperBound, by: index)
        }
        resolved.sort { $0.guestOffset < $1.guestOffset }
        return fillGaps(in: window)
    }

    private func announceTables(of layers: ArraySlice<Int>, in window: Range<UInt64>) {
        for index in layers.prefix(WindowFlattener.announcedLayers) {
            guard case .qcow2(let image, let table) = chain.layers[index].content else { continue }
            image.announceTables(of: table, in: window)
        }
    }

    /// Below a layer nothing can be seen beyond that layer's end.
    private mutating func cutUnresolved(at end: UInt64) {
        while let last = unresolved.last, last.upperBound > end {
            unresolved.removeLast()
            if last.lowerBound < end { unresolved.append(last.lowerBound..<end) }
        }
    }

    private mutating func resolve(
        _ range: Range<UInt64>,
        by index: Int
    ) throws(CollapseError) {
        runs.removeAll(keepingCapacity: true)
        let layer = chain.layers[index]
        switch layer.content {
        case .raw(let start):
            try appendRawRuns(layer, start, in: range)
        case .qcow2(let image, let table):
            do throws(ImageError) {
                try image.appendRuns(of: table, in: range, using: &words, to: &runs)
            } catch { throw CollapseError(error) }
            if map.findsHoles, layer.mayHaveHoles { runs = try runs.withoutHoles(of: layer) }
        }
        guard !runs.isEmpty else { return }
        overlay(by: index)
    }

    /// The data of a raw layer in the parts that are still unresolved.
    ///
    /// Its holes stay unallocated.
    private mutating func appendRawRuns(
        _ layer: Layer,
        _ start: UInt64,
        in range: Range<UInt64>
    ) throws(CollapseError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let place = start + offset
            let data = try usingDisk { () throws(IOError) in try layer.data.nextData(at: place) }
            guard let data, data.lowerBound - start < range.upperBound else { return }
            let end = min(data.upperBound - start, range.upperBound)
            let begin = data.lowerBound - start
            runs.append(
                MappedRun(
                    guestOffset: begin,
                    byteCount: end - begin,
                    mapping: .data(HostOffset(rawValue: data.lowerBound))
                )
            )
            offset = end
        }
    }

    /// Gives the unresolved parts that the layer's runs cover to the layer.
    private mutating func overlay(by index: Int) {
        var stillUnresolved: [Range<UInt64>] = []
        var next = 0
        for part in unresolved {
            var position = part.lowerBound
            while next < runs.count, runs[next].guestEnd <= position { next += 1 }
            while next < runs.count, runs[next].guestOffset < part.upperBound {
                let covered =
                    max(
                        runs[next].guestOffset,
                        position
                    )..<min(
                        runs[next].guestEnd,
                        part.upperBound
                    )
                if covered.lowerBound > position {
                    stillUnresolved.append(position..<covered.lowerBound)
                }
                resolved.append(Extent(runs[next], layer: index).clipped(to: covered))
                position = covered.upperBound
                if runs[next].guestEnd > part.upperBound { break }
                next += 1
            }
            if position < part.upperBound { stillUnresolved.append(position..<part.upperBound) }
        }
        unresolved = stillUnresolved
    }

    private func fillGaps(in window: Range<UInt64>) -> [Extent] {
        var extents: [Extent] = []
        extents.reserveCapacity(resolved.count + 1)
        var position = window.lowerBound
        for extent in resolved {
            if extent.guestOffset > position {
                extents.append(.unallocated(position..<extent.guestOffset))
            }
            extents.append(extent)
            position = extent.guestEnd
        }
        if position < window.upperBound {
            extents.append(.unallocated(position..<window.upperBound))
        }
        return extents
    }
}

extension Extent {
    /// The whole of a run that a layer allocates.
    init(_ run: MappedRun, layer: Int) {
        guestOffset = run.guestOffset
        byteCount = run.byteCount
        content =
            switch run.mapping {
            case .zeros: .zeros(layer: layer)
            case .data(let offset): .data(layer: layer, offset)
            case .compressed(let compressed): .compressed(layer: layer, compressed)
            case .damaged(let entry): .damaged(layer: layer, entry)
            }
    }

    static func unallocated(_ range: Range<UInt64>) -> Extent {
        Extent(guestOffset: range.lowerBound, byteCount: UInt64(range.count), content: .unallocated)
    }
}
