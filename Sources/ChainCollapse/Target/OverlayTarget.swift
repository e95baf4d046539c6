// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// The top of a chain, open to be changed in place.
///
/// What is written lies behind all that the image has, where nobody looks, until its header leads there.
struct OverlayTarget: Sendable {
    let file: TargetFile
    private let path: String

    /// Opens and locks the image, and changes nothing.
    ///
    /// - Throws: `.inUse` when anybody else has it open, and still has after the time to wait.
    init(
        _ source: CollapseSource,
        isDirect: Bool,
        _ cancellation: Cancellation
    ) throws(CollapseError) {
        let path = source.path
        self.path = path
        let mode = TargetFile.Mode(isFlushed: true, isDirect: isDirect)
        let file: TargetFile
        do throws(IOError) { file = try TargetFile(opening: path, mode) } catch {
            throw CollapseError(
                error.nothingIsThere ? .notFound : error.isInUse ? .inUse : .inputOutput,
                error.description
            )
        }
        self.file = file
        let policy = ChainPolicy(lockWaitSeconds: source.lockWaitSeconds)
        try LayerLock(policy, cancellation).take(
            "\(path): a running VM or another program has the image open, and it is left alone"
                + source.callerOptions.adviceAboutWriters
        ) { () throws(IOError) in try file.lock() }
    }

    /// The chain's top as an image.
    ///
    /// - Throws: `CollapseError` when it is none, or another file than the one that is open.
    func image(of chain: ImageChain) throws(CollapseError) -> QCow2Image {
        guard let image = chain.top.image else { throw isRaw }
        guard chain.top.identities.first == file.identity else { throw wasReplaced }
        return image
    }

    private var isRaw: CollapseError {
        CollapseError(
            .invalidOptions,
            "\(path): a raw image has nothing below it: --in-place is for qcow2 overlays"
        )
    }

    private var wasReplaced: CollapseError {
        CollapseError(.inUse, "\(path): the file was replaced while it was opened")
    }

    /// The space that there is behind the image's end.
    func freeBytes(behind endOffset: UInt64) throws(CollapseError) -> UInt64 {
        try usingDisk { () throws(IOError) in
            let end = try file.size().byteCount
            guard !file.isBlockDevice else { return end - min(end, endOffset) }
            return try Directory.freeBytes(in: Directory.parent(of: Directory.resolved(path)))
        }
    }

    /// Cuts off what lies behind the image's end: what somebody wrote who could not complete it.
    ///
    /// - Returns: the length that the file has then.
    func cut(behind endOffset: UInt64) throws(CollapseError) -> UInt64 {
        let size = try usingDisk { () throws(IOError) in try file.size() }
        let byteCount = min(endOffset, size.byteCount)
        try cut(to: byteCount)
        return byteCount
    }

    /// Gives the file a length.
    func cut(to byteCount: UInt64) throws(CollapseError) {
        try usingDisk { () throws(IOError) in try file.setByteCount(byteCount) }
    }

    /// Makes new tables the image's own.
    func writeHeader(_ sector: [UInt8]) throws(CollapseError) {
        do throws(IOError) {
            try file.write(sector, at: 0)
            try file.flush()
        } catch {
            throw CollapseError(
                .inputOutput,
                "\(error); it is not known whether the image still has its backing file, and it is "
                    + "whole with it as without"
            )
        }
    }
}
