// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2
internal import Synchronization

/// Writes a qcow2 image.
///
/// Workers fill, scan and compress side by side; they pass a turnstile in the order of their chunks
/// to be given places, and write side by side again. So the layout is the same whatever the number
/// of workers.
final class QCow2Writer: TargetWriter {
    /// What becomes of clusters that read as zeros.
    enum ZeroClusters: Hashable {
        /// Nothing: nothing lies below, so an absent cluster reads as zeros.
        case absent
        /// An entry says so, because a backing file lies below.
        case marked
        /// They get places like data.
        case allocated(Preallocation)
    }

    let target: any BlockTarget
    let geometry: Geometry
    let diskBytes: UInt64
    let zeroClusters: ZeroClusters
    /// How streams are made; nil when clusters are written as they are.
    private let compression: (type: CompressionType, window: CompressionWindow)?
    let policy: PlanPolicy
    let sharing: BlockSharing
    private let bitmaps: BitmapCopies
    private let layout: Mutex<ImageLayout>
    /// The tables of the overlay that is the target; nil for a new image.
    private let replacement: Mutex<TableReplacement?>
    private let turnstile = Turnstile()
    /// An earlier process has written some chunks.
    private let isResumed = Atomic(false)

    /// A writer to a new file or a device, above a layer of the chain when one stays below.
    init(
        _ target: any BlockTarget,
        of chain: ImageChain,
        _ creation: CreationOptions,
        _ format: QCow2Format,
        baseLayer: Int?,
        _ options: CollapseOptions
    ) throws(CollapseError) {
        self.target = target
        do throws(CreationOptions.Invalid) {
            let layout = try ImageLayout(
                options: creation,
                diskBytes: chain.diskBytes,
                sharesClusters: format.compresses,
                startsZeroed: target.startsZeroed
            )
            (geometry, diskBytes) = (layout.geometry, layout.diskBytes)
            self.layout = Mutex(layout)
            replacement = Mutex(nil)
        } catch { throw CollapseError(.invalidOptions, error.reason) }
        sharing = try BlockSharing(
            options.reflink,
            chain,
            with: target,
            isPossible: target.startsZeroed && format.preallocation == .off && !format.compresses
                && geometry.clusterBytes >= BlockSharing.blockBytes
        )
        let (type, window) = (creation.compressionType, creation.compressionWindow)
        compression = format.compresses ? (type, window) : nil
        bitmaps = try BitmapCopies(format.bitmaps, of: chain, for: creation)
        zeroClusters = QCow2Writer.zeroClusters(creation, format)
        // Nothing is known of a backing file that is none of the layers.
        var wantsZeros = creation.backing != nil && baseLayer == nil
        if case .allocated = zeroClusters { wantsZeros = true }
        policy = PlanPolicy(
            grainBytes: format.compresses ? geometry.clusterBytes : geometry.subclusterBytes,
            wantsZeros: wantsZeros,
            sharedLayers: sharing.layers,
            sharedUnitBytes: geometry.clusterBytes,
            baseLayer: baseLayer,
            // Who asks for a larger window asks for smaller streams than the source has.
            streams: format.compresses && window == .small && !options.recompresses
                ? StreamFormat(type: type, clusterBytes: geometry.clusterBytes) : nil,
            salvage: options.salvage
        )
        layout.withLock { $0.reachBytes = policy.reachBytes }
    }

    /// A writer that gives an overlay, which is the chain's top and nobody else's, what the layers below
    /// it have.
    init(
        _ target: any BlockTarget,
        of chain: ImageChain,
        _ replacement: TableReplacement,
        _ options: CollapseOptions
    ) throws(CollapseError) {
        self.target = target
        let layout = ImageLayout(behind: replacement)
        (geometry, diskBytes) = (layout.geometry, layout.diskBytes)
        self.layout = Mutex(layout)
        self.replacement = Mutex(replacement)
        sharing = try BlockSharing(
            options.reflink,
            chain,
            with: target,
            isPossible: target.startsZeroed && geometry.clusterBytes >= BlockSharing.blockBytes
        )
        compression = nil
        bitmaps = .none
        zeroClusters = .absent
        policy = PlanPolicy(
            grainBytes: geometry.clusterBytes,
            sharedLayers: sharing.layers,
            sharedUnitBytes: geometry.clusterBytes,
            keepsTop: true
        )
        self.layout.withLock { $0.reachBytes = policy.reachBytes }
    }

    private static func zeroClusters(
        _ options: CreationOptions,
        _ format: QCow2Format
    ) -> ZeroClusters {
        if format.preallocation != .off { return .allocated(format.preallocation) }
        guard options.backing != nil else { return .absent }
        // Version 2 has no way of saying zero but with a cluster.
        return options.version == 2 ? .allocated(.metadata) : .marked
    }

    /// A device must not keep an old header while its contents change; a file, nothing that an
    /// earlier process has written behind what it recorded.
    func begin() throws(CollapseError) {
        let (byteCount, unwritten) = layout.withLock { ($0.fileBytes, $0.unwrittenRanges) }
        try usingDisk { () throws(IOError) in
            guard target.startsZeroed else {
                return try target.writeZeros(at: 0, byteCount: geometry.clusterBytes)
            }
            guard isResumed.load(ordering: .relaxed) else { return }
            try target.setByteCount(byteCount)
            for range in unwritten {
                try target.zero(at: range.lowerBound, byteCount: UInt64(range.count))
            }
        }
    }

    func makeSink() -> any ChunkSink { QCow2Sink(self) }

    /// A worker's compressor; nil when clusters are written as they are.
    func makeCompressor() -> ClusterCompressor? {
        compression.map { ClusterCompressor($0.type, window: $0.window) }
    }

    func abandon() { turnstile.close() }

    /// Gives a chunk's clusters their places, in the order of tickets, and writes the L2 tables that
    /// this completes.
    ///
    /// - Returns: what `body` returns; nil when the work has ended early.
    func layOut<R>(
        _ ticket: Int,
        _ body: (inout ImageLayout) -> R
    ) throws(CollapseError) -> R? {
        let outcome = turnstile.pass(ticket) {
            layout.withLock { layout in (body(&layout), layout.takeFinishedParts()) }
        }
        guard let (result, parts) = outcome else { return nil }
        for part in parts { try write(part) }
        return result
    }

    /// Writes a part of an L2 table, with what an overlay has there already.
    private func write(_ part: ImageLayout.FinishedPart) throws(CollapseError) {
        let bytes = try readingImage { () throws(ImageError) in
            try replacement.withLock { (replacement) throws(ImageError) in
                try replacement?.merge(part)
            }
        }
        try usingDisk { () throws(IOError) in
            try target.write(bytes ?? part.bytes, at: part.hostOffset.rawValue)
        }
    }

    /// Writes the new tables of an overlay, and reads them back from the disk.
    ///
    /// - Returns: the sector of its header that makes them its own.
    func finishTables() throws(CollapseError) -> [UInt8] {
        do {
            return try layout.withLock { layout in
                try replacement.withLock { try finish($0, &layout) }
            }
        } catch { throw QCow2Writer.finishingError(error) }
    }

    private func finish(
        _ tables: TableReplacement?,
        _ layout: inout ImageLayout
    ) throws -> [UInt8] {
        guard var tables, let file = target as? TargetFile else {
            preconditionFailure("only an overlay has tables that are replaced")
        }
        let sector = try tables.finish(&layout) { bytes, offset in
            try target.write(bytes, at: offset.rawValue)
        }
        try target.setByteCount(layout.fileBytes)
        try target.flush()
        try tables.check(sector, in: file.readBack())
        return sector
    }

    /// Gives the clusters of a chunk that an earlier process has written the places that they have.
    func replay<R>(_ ticket: Int, _ body: (inout ImageLayout) -> R) -> R? {
        isResumed.store(true, ordering: .relaxed)
        return turnstile.pass(ticket) {
            layout.withLock { layout in
                defer { _ = layout.takeFinishedParts() }
                return body(&layout)
            }
        }
    }

    func finish() throws(CollapseError) {
        do {
            try layout.withLock { layout in
                try bitmaps.write(to: target, &layout)
                try layout.finish(flush: flushDevice) { bytes, offset in
                    try target.write(bytes, at: offset.rawValue)
                }
                try target.setByteCount(layout.fileBytes)
            }
        } catch { throw QCow2Writer.finishingError(error) }
    }

    private static func finishingError(_ error: any Error) -> CollapseError {
        switch error {
        case let error as IOError: CollapseError(.io(error))
        case let error as ImageError: CollapseError(error)
        case let error as CreationOptions.Invalid: CollapseError(.invalidOptions, error.reason)
        default: CollapseError(.unusableTarget, String(describing: error))
        }
    }

    /// On a device, which has no name to publish, the header must not be there before the rest.
    private func flushDevice() throws(IOError) {
        if !target.startsZeroed { try target.flush() }
    }

    /// Takes space, as the preallocation wants it, for clusters that have a place but no data.
    func reserve(_ placements: [ImageLayout.Placement]) throws(IOError) {
        guard case .allocated(let preallocation) = zeroClusters else { return }
        for placement in placements {
            let (offset, count) = (placement.hostOffset.rawValue, placement.byteCount)
            switch preallocation {
            case .full: try target.writeZeros(at: offset, byteCount: count)
            case _ where !target.startsZeroed: try target.zero(at: offset, byteCount: count)
            case .falloc: try target.allocate(at: offset, byteCount: count)
            case .off, .metadata: break
            }
        }
    }
}
