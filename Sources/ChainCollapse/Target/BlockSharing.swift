// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// How a target shares blocks with the layers of a chain.
struct BlockSharing: Sendable {
    /// Sharing less than this costs more than copying it.
    static let minimumBytes: UInt64 = 64 << 10
    /// File systems share whole blocks of this size.
    static let blockBytes: UInt64 = 4096

    /// The layers that are asked to share.
    let layers: Set<Int>
    private let chain: ImageChain
    private let target: any BlockTarget
    /// What cannot be shared is an error.
    private let isRequired: Bool

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
        let layers =
            switch isPossible ? mode : .never {
            case .never: [Int]()
            case .always: Array(chain.layers.indices)
            case .auto: chain.layers.indices.filter { target.canShare(with: chain.layers[$0].data) }
            }
        self.layers = Set(layers)
    }

    /// Shares whole blocks of extents with the target, each at an offset there.
    ///
    /// - Returns: what is left to copy, and how much is not.
    /// - Throws: `CollapseError` when sharing is required of an extent that is large and aligned
    ///   enough, and when it fails for want of space or because the disk does.
    func share(
        _ places: [(extent: Extent, offset: UInt64)]
    ) throws(CollapseError) -> (rest: [Extent], sharedBytes: UInt64) {
        var (rest, sharedBytes): ([Extent], UInt64) = ([], 0)
        for (extent, offset) in places {
            if let part = try share(extent, to: offset) {
                rest += extent.without(part)
                sharedBytes += UInt64(part.count)
            } else {
                rest.append(extent)
            }
        }
        return (rest, sharedBytes)
    }

    /// Shares whole blocks of an extent with the target, at an offset there.
    ///
    /// - Returns: the guest bytes that the target has now; nil when all must be copied.
    private func share(
        _ extent: Extent,
        to offset: UInt64
    ) throws(CollapseError) -> Range<UInt64>? {
        guard case .data(let layer, let sourceOffset) = extent.content, layers.contains(layer),
            let part = shareablePart(of: extent, at: sourceOffset.rawValue, to: offset)
        else { return nil }
        let skipped = part.lowerBound - extent.guestOffset
        let source = chain.layers[layer].data
        do throws(IOError) {
            try target.share(
                source,
                at: sourceOffset.rawValue + skipped,
                byteCount: UInt64(part.count),
                to: offset + skipped
            )
            return part
        } catch {
            guard !error.isDiskFailure else { throw CollapseError(.io(error)) }
            guard isRequired else { return nil }
            throw CollapseError(
                .unusableTarget,
                "\(source.path): \(part.count) bytes at \(hex(sourceOffset.rawValue + skipped)) "
                    + "cannot be shared with the target (\(error)); with --reflink auto they are "
                    + "copied"
            )
        }
    }

    /// The whole blocks of an extent, where the target's are the source's; nil when there are few.
    private func shareablePart(
        of extent: Extent,
        at sourceOffset: UInt64,
        to offset: UInt64
    ) -> Range<UInt64>? {
        let (block, misfit) = (BlockSharing.blockBytes, offset % BlockSharing.blockBytes)
        guard sourceOffset % block == misfit, case .data(let layer, _) = extent.content else {
            return nil
        }
        let head = misfit == 0 ? 0 : block - misfit
        // The last cluster of a file may be cut.
        let fileBytes = chain.layers[layer].data.byteCount
        let present = min(extent.byteCount, fileBytes - min(sourceOffset, fileBytes))
        guard present > head else { return nil }
        let count = (present - head) / block * block
        guard count >= BlockSharing.minimumBytes else { return nil }
        return (extent.guestOffset + head)..<(extent.guestOffset + head + count)
    }
}
