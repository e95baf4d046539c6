// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// How a target shares blocks with the layers of a chain.
struct BlockSharing: Sendable {
    /// Less than this is never shared.
    static let leastBytes: UInt64 = 64 << 10
    /// File systems share whole blocks of this size.
    static let blockBytes: UInt64 = 4096

    /// The layers that are asked to share.
    let layers: Set<Int>
    private let chain: ImageChain
    private let target: any BlockTarget
    /// What cannot be shared is an error.
    private let isRequired: Bool
    /// Less than this is copied.
    private let minimumBytes: UInt64

    /// The sharing that a target is capable of; with `isPossible` false it is such that none of its
    /// blocks may be another file's as well.
    ///
    /// - Throws: `CollapseError` when sharing is required but not possible.
    init(
        _ mode: CollapseOptions.Reflink,
        _ chain: ImageChain,
        with target: any BlockTarget,
        isPossible: Bool
    ) throws(CollapseError) {
        guard isPossible || mode != .always else {
            throw CollapseError(
                .invalidOptions,
                "\(target.path): --reflink always needs a new file, neither preallocated nor "
                    + "compressed, with clusters of 4 KiB or more"
            )
        }
        self.chain = chain
        self.target = target
        isRequired = mode == .always
        minimumBytes = isRequired ? BlockSharing.leastBytes : target.minimumShareBytes
        let layers =
            switch isPossible ? mode : .never {
            case .never: [Int]()
            case .always: Array(chain.layers.indices)
            case .auto: chain.layers.indices.filter { target.canShare(with: chain.layers[$0].data) }
            }
        self.layers = Set(layers)
    }

    /// Shares whole blocks of extents with the target, each at an offset there; those that lie one
    /// behind the other in both with one call.
    ///
    /// - Returns: what is left to copy, and how much is not.
    /// - Throws: `CollapseError` when sharing is required of an extent that is large and aligned
    ///   enough, and when it fails for want of space or because the disk does.
    func share(
        _ places: [(extent: Extent, offset: UInt64)]
    ) throws(CollapseError) -> (rest: [Extent], sharedBytes: UInt64) {
        var (rest, sharedBytes): ([Extent], UInt64) = ([], 0)
        var remaining = places[...]
        while let (first, offset) = remaining.first {
            guard case .data(let layer, let sourceOffset) = first.content, layers.contains(layer)
            else {
                rest.append(first)
                remaining.removeFirst()
                continue
            }
            let run = remaining.prefix(runCount(remaining))
            remaining.removeFirst(run.count)
            let byteCount = run.reduce(0) { $0 + $1.extent.byteCount }
            let place = Place(layer: layer, sourceOffset: sourceOffset.rawValue, offset: offset)
            let shared = try share(byteCount, place)
            sharedBytes += UInt64(shared.count)
            for (extent, offset) in run {
                let part = shared.clamped(to: offset..<(offset + extent.byteCount))
                guard !part.isEmpty else {
                    rest.append(extent)
                    continue
                }
                let start = extent.guestOffset + (part.lowerBound - offset)
                rest += extent.without(start..<(start + UInt64(part.count)))
            }
        }
        return (rest, sharedBytes)
    }

    /// How many of the first places lie one behind the other, in a layer and in the target.
    private func runCount(_ places: ArraySlice<(extent: Extent, offset: UInt64)>) -> Int {
        zip(places, places.dropFirst()).prefix { (place, next) in
            next.offset == place.offset + place.extent.byteCount
                && next.extent.content == place.extent.contentBehind
        }.count + 1
    }

    /// Where data lies in a layer and in the target.
    private struct Place {
        let layer: Int
        let sourceOffset: UInt64
        let offset: UInt64
    }

    /// Shares whole blocks of so many bytes with the target.
    ///
    /// - Returns: the bytes of the target that are shared; none when all must be copied.
    private func share(_ byteCount: UInt64, _ place: Place) throws(CollapseError) -> Range<UInt64> {
        let (nothing, source) = (place.offset..<place.offset, chain.layers[place.layer].data)
        guard let part = shareablePart(of: byteCount, place, source.byteCount) else {
            return nothing
        }
        let sourceOffset = place.sourceOffset + (part.lowerBound - place.offset)
        do throws(IOError) {
            try target.share(
                source,
                at: sourceOffset,
                byteCount: UInt64(part.count),
                to: part.lowerBound
            )
            return part
        } catch {
            guard !error.isDiskFailure else { throw CollapseError(.io(error)) }
            guard isRequired else { return nothing }
            throw CollapseError(
                .unusableTarget,
                "\(source.path): \(part.count) bytes at \(hex(sourceOffset)) cannot be shared with "
                    + "the target (\(error)); with --reflink auto they are copied"
            )
        }
    }

    /// The whole blocks of so many bytes, where the target's are the source's; nil when there are few.
    private func shareablePart(
        of byteCount: UInt64,
        _ place: Place,
        _ sourceByteCount: UInt64
    ) -> Range<UInt64>? {
        let (block, misfit) = (BlockSharing.blockBytes, place.offset % BlockSharing.blockBytes)
        guard place.sourceOffset % block == misfit else { return nil }
        let head = misfit == 0 ? 0 : block - misfit
        // The last cluster of a file may be cut.
        let present = min(byteCount, sourceByteCount - min(place.sourceOffset, sourceByteCount))
        guard present > head else { return nil }
        let count = (present - head) / block * block
        guard count >= minimumBytes else { return nil }
        return (place.offset + head)..<(place.offset + head + count)
    }
}
