// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Says of an extent what QEMU's block status says of it.
///
/// Beyond what decides the bytes that is: which layer was asked last where no layer has anything,
/// which zeros have a place in a file, and which data of a preallocated image are holes.
struct ExtentDescriber {
    private let chain: ImageChain
    /// Whether data of the layer is looked up in its file, as QEMU does for preallocated images.
    private let findsHoles: [Bool]
    private var words = WordTable()
    private var runs: [MappedRun] = []

    init(_ chain: ImageChain) throws(CollapseError) {
        self.chain = chain
        var findsHoles: [Bool] = []
        for layer in chain.layers { findsHoles.append(try layer.isPreallocated()) }
        self.findsHoles = findsHoles
    }

    /// Gives the entries that an extent becomes to `body`, in guest order.
    mutating func describe(
        _ extent: Extent,
        _ body: (MapEntry) -> Void
    ) throws(CollapseError) {
        let range = extent.guestRange
        switch extent.content {
        case .data(let layer, let host):
            guard findsHoles[layer] else {
                return body(MapEntry(range, layer, .data, at: host.rawValue))
            }
            try describeHoles(range, layer, host.rawValue, body)
        case .compressed(let layer, _): body(MapEntry(range, layer, .data, at: nil))
        case .zeros(let layer): try describeReserved(range, layer, .zeros, body)
        case .unallocated: try describeUnallocated(range, body)
        case .damaged(let layer, let entry):
            throw chain.error(for: entry, of: layer)
        }
    }

    /// Data of a preallocated image, cut where its file has holes.
    private func describeHoles(
        _ range: Range<UInt64>,
        _ layer: Int,
        _ host: UInt64,
        _ body: (MapEntry) -> Void
    ) throws(CollapseError) {
        let data = chain.layers[layer].data
        var position = range.lowerBound
        while position < range.upperBound {
            let place = host + (position - range.lowerBound)
            let next = try usingDisk { () throws(IOError) in try data.nextData(at: place) }
            let limit = host + UInt64(range.count)
            let isHole = next.map { $0.lowerBound > place } ?? true
            let end = min(limit, (isHole ? next?.lowerBound : next?.upperBound) ?? limit)
            let part = position..<(position + (end - place))
            body(MapEntry(part, layer, isHole ? .hole : .data, at: place))
            position = part.upperBound
        }
    }

    /// What no layer allocates: the last layer that reaches so far was asked last.
    private mutating func describeUnallocated(
        _ range: Range<UInt64>,
        _ body: (MapEntry) -> Void
    ) throws(CollapseError) {
        var position = range.lowerBound
        while position < range.upperBound {
            let depth = (chain.visibleBytes.firstIndex { $0 <= position } ?? chain.layers.count) - 1
            let part = position..<min(range.upperBound, chain.visibleBytes[depth])
            switch chain.layers[depth].content {
            case .raw(let start):
                body(MapEntry(part, depth, .zeros, at: start + part.lowerBound))
            case .qcow2(let image, _) where image.geometry.hasExtendedL2:
                try describeReserved(part, depth, .nothing, body)
            case .qcow2: body(MapEntry(part, depth, .nothing, at: nil))
            }
            position = part.upperBound
        }
    }

    /// Zeros or nothing at all, with the places that the layer keeps for them.
    private mutating func describeReserved(
        _ range: Range<UInt64>,
        _ depth: Int,
        _ state: MapEntry.State,
        _ body: (MapEntry) -> Void
    ) throws(CollapseError) {
        guard case .qcow2(let image, let table) = chain.layers[depth].content else { return }
        runs.removeAll(keepingCapacity: true)
        do throws(ImageError) {
            try image.appendReservedRuns(of: table, in: range, using: &words, to: &runs)
        } catch { throw CollapseError(error) }
        var position = range.lowerBound
        for run in runs {
            guard case .data(let host) = run.mapping else { continue }
            if run.guestOffset > position {
                body(MapEntry(position..<run.guestOffset, depth, state, at: nil))
            }
            body(MapEntry(run.guestOffset..<run.guestEnd, depth, state, at: host.rawValue))
            position = run.guestEnd
        }
        if position < range.upperBound {
            body(MapEntry(position..<range.upperBound, depth, state, at: nil))
        }
    }
}

extension MapEntry {
    /// The combinations of what can be said.
    enum State {
        case data, zeros
        /// Data of an image whose file has a hole there.
        case hole
        case nothing
    }

    init(_ range: Range<UInt64>, _ depth: Int, _ state: State, at offset: UInt64?) {
        self.init(
            range,
            depth,
            present: state != .nothing,
            zero: state != .data,
            data: state == .data || state == .hole,
            at: offset
        )
    }
}

extension Layer {
    fileprivate func isPreallocated() throws(CollapseError) -> Bool {
        guard let image else { return false }
        return try readingImage { () throws(ImageError) in
            try image.isPreallocated()
        }
    }
}
