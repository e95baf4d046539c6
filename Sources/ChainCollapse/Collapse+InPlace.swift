// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

extension Collapse {
    /// Gives the top of the chain what it lacks.
    func copyInPlace(
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) throws(CollapseError) -> CollapseReport {
        try refuseInPlace()
        try options.validate()
        let overlay = try OverlayTarget(source, isDirect: options.isDirect, cancellation)
        let chain = try ImageChain(source, salvage: false, topIsLocked: true, cancellation)
        let image = try overlay.image(of: chain)
        guard chain.layers.count > 1 else {
            let tally = CopyTally(layers: 1)
            return try report(chain, tally, overlay, "\(source.path): nothing lies below it", meter)
        }
        let tables = try readingImage { () throws(ImageError) in try TableReplacement(of: image) }
        let byteCount = try overlay.cut(behind: tables.endOffset)
        let writer = try QCow2Writer(overlay.file, of: chain, tables, options)
        let outcome = Result { () throws(CollapseError) in
            try checkSpace(overlay, tables, chain, writer, cancellation)
            return try fill(writer, chain, meter, cancellation)
        }
        guard case .success(let (tally, sector)) = outcome else {
            try? overlay.cut(to: byteCount)
            return try outcome.map { _ in preconditionFailure("a success has a value") }.get()
        }
        try overlay.writeHeader(sector)
        meter.report()
        return try report(chain, tally, overlay, nil, meter)
    }

    /// Copies what the overlay lacks, and writes its new tables.
    ///
    /// - Returns: also the sector that makes them its own.
    private func fill(
        _ writer: QCow2Writer,
        _ chain: ImageChain,
        _ meter: ProgressMeter,
        _ cancellation: Cancellation
    ) throws(CollapseError) -> (CopyTally, [UInt8]) {
        let rate = options.bytesPerSecond
        let engine = CopyEngine(chain, writer, meter, cancellation, bytesPerSecond: rate)
        let tally = try engine.run(threads: options.threads)
        try cancellation.check()
        return (tally, try writer.finishTables())
    }

    /// What does not go together with a target that is the source, by the name of the option.
    private var contradictions: [(name: String, isThere: Bool)] {
        [
            ("--snapshot", source.snapshot != nil), ("--base", source.base != nil),
            ("--force-share", source.sharesWithWriters), ("--salvage", options.salvage),
            ("--resume", options.resumes), ("--digest", options.digests),
            ("--verify", options.verifies), ("--cache unsafe", options.durability == .unflushed),
        ]
    }

    private func refuseInPlace() throws(CollapseError) {
        guard let first = contradictions.first(where: \.isThere) else { return }
        throw CollapseError(.invalidOptions, "--in-place does not go together with \(first.name)")
    }

    private func checkSpace(
        _ overlay: OverlayTarget,
        _ tables: TableReplacement,
        _ chain: ImageChain,
        _ writer: QCow2Writer,
        _ cancellation: Cancellation
    ) throws(CollapseError) {
        guard options.checksSpace else { return }
        let freeBytes = try overlay.freeBytes(behind: tables.endOffset)
        try checkSpace(freeBytes, chain, writer.policy, cancellation)
    }

    private func report(
        _ chain: ImageChain,
        _ tally: CopyTally,
        _ overlay: OverlayTarget,
        _ warning: String?,
        _ meter: ProgressMeter
    ) throws(CollapseError) -> CollapseReport {
        let size = try usingDisk { () throws(IOError) in try overlay.file.size() }
        return report(chain, tally, size, (nil, nil), warning, meter.seconds)
    }
}
