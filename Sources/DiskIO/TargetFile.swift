// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A file or block device that is being written.
package final class TargetFile: BlockTarget {
    /// Ways to zero a range, cheapest first; one that the target refuses is not tried again.
    private enum ZeroingStep: Int { case punchHole, zeroRange, write }

    /// Zeros are written from a block of this size.
    private static let zeroBlockBytes = 1 << 20

    /// Writes past the page cache keep a disk busy on their own; shorter ones are better gathered in
    /// the cache.
    private static let longWriteBytes = 1 << 20

    /// Writes into the page cache are no longer than this: for 2 MiB at once the kernel takes a huge
    /// page, which a virtual machine may first have to get back from its host, and the copy takes
    /// up to ten times as long.
    private static let maximumCachedBytes = 1 << 20

    let file: File
    /// The same file once more, only to be flushed: the kernel tells each opening once of a write that
    /// was lost, and this one is not told by anything else.
    private let flushed: File
    /// The same file, opened to be written past the page cache; nil when nothing is.
    private let direct: File?
    private let minimumDirectBytes: Int
    private let isDirectRequired: Bool
    private let writeBehind: Mutex<WriteBehind>
    private let zeroingStep = Atomic<Int>(ZeroingStep.punchHole.rawValue)
    private let neverShares = Atomic(false)
    package var path: String { file.path }
    package var isBlockDevice: Bool { file.kind == .blockDevice }
    package var startsZeroed: Bool { mode.isZeroed || !hasFixedSize }
    var hasFixedSize: Bool { isBlockDevice || mode.isInPlace }
    private let mode: Mode
    package var identity: File.Identity { file.identity }
    /// True when the file was made to be written.
    package let isNew: Bool

    /// How bytes travel to the disk.
    package struct Mode: Hashable, Sendable {
        /// The target will be flushed, as devices always are: long writes pass the page cache by
        /// where they can, and the disk is told of others early.
        package var isFlushed = false
        /// All whole blocks are written past the page cache; where they cannot, it is an error.
        package var isDirect = false
        /// What is not written stays as it is, and so does the length: as with devices.
        package var isInPlace = false
        /// All of the target reads as zeros.
        package var isZeroed = false
        /// A new file's permissions, of which the process's mask takes some away.
        package var permissions: UInt32 = 0o666

        package init(isFlushed: Bool = false, isDirect: Bool = false) {
            (self.isFlushed, self.isDirect) = (isFlushed, isDirect)
        }
    }

    init(_ file: File, _ mode: Mode, isNew: Bool = false) throws(IOError) {
        self.file = file
        self.mode = mode
        self.isNew = isNew
        flushed = (try? file.reopened(O_RDONLY)) ?? file
        writeBehind = Mutex(WriteBehind(isEager: mode.isFlushed))
        // Closing a device flushes it: nothing is won by leaving its bytes to the cache.
        let isDevice = file.kind == .blockDevice
        isDirectRequired = mode.isDirect
        minimumDirectBytes = mode.isDirect ? DirectBlocks.byteCount : TargetFile.longWriteBytes
        direct =
            if mode.isDirect { try file.openedDirect() } else if mode.isFlushed || isDevice {
                try? file.openedDirect()
            } else { nil }
    }

    /// Takes the locks of a writer until the file is closed.
    ///
    /// - Returns: false when another program uses the file; nothing is locked then.
    /// - Throws: `IOError` when the file system knows no such locks.
    package func lock() throws(IOError) -> Bool { try file.lock(for: .write) }

    package func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        // SAFETY: the span's own memory, for the length of the call.
        try unsafe bytes.withUnsafeBytes { (buffer) throws(IOError) in
            guard let direct, buffer.count >= minimumDirectBytes else {
                return try unsafe writeCached(buffer, at: offset)
            }
            let blocks = unsafe DirectBlocks.within(buffer, at: offset)
            // SAFETY: the three parts lie one behind the other in the buffer.
            let head = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<blocks.lowerBound])
            let middle = unsafe UnsafeRawBufferPointer(rebasing: buffer[blocks])
            let tail = unsafe UnsafeRawBufferPointer(rebasing: buffer[blocks.upperBound...])
            // SAFETY: parts of the span's memory, still during its call.
            try unsafe writeCached(head, at: offset)
            try unsafe write(middle, at: offset + UInt64(blocks.lowerBound), past: direct)
            try unsafe writeCached(tail, at: offset + UInt64(blocks.upperBound))
        }
    }

    private func write(
        _ buffer: UnsafeRawBufferPointer,
        at offset: UInt64,
        past direct: File
    ) throws(IOError) {
        do throws(IOError) {
            // SAFETY: the caller's memory, during its call.
            try unsafe direct.write(buffer, at: offset)
        } catch {
            // Some file systems open what they do not write so, or want larger blocks.
            guard !isDirectRequired, error.has(.invalidArgument) else { throw error }
            // SAFETY: as above.
            try unsafe writeCached(buffer, at: offset)
        }
    }

    private func writeCached(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) throws(IOError) {
        for start in stride(from: 0, to: buffer.count, by: TargetFile.maximumCachedBytes) {
            let end = min(start + TargetFile.maximumCachedBytes, buffer.count)
            let range = (offset + UInt64(start))..<(offset + UInt64(end))
            // SAFETY: a part of the caller's memory, during its call.
            try unsafe file.write(.init(rebasing: buffer[start..<end]), at: range.lowerBound)
            try file.perform(writeBehind.withLock { $0.add(range) })
        }
    }

    package func clear(byteCount: UInt64) throws(IOError) -> Bool {
        guard byteCount > 0, isBlockDevice, isStill(.punchHole) else { return false }
        if Syscalls.succeeds({ cshims_punch_hole(file.descriptor, 0, Int64(byteCount)) }) {
            return true
        }
        try giveUp(.punchHole, at: 0)
        return false
    }

    package func zero(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        guard byteCount > 0 else { return }
        let (place, length) = (Int64(offset), Int64(byteCount))
        if isStill(.punchHole) {
            if Syscalls.succeeds({ cshims_punch_hole(file.descriptor, place, length) }) { return }
            try giveUp(.punchHole, at: offset)
        }
        if isStill(.zeroRange) {
            if Syscalls.succeeds({ cshims_zero_range(file.descriptor, place, length) }) { return }
            try giveUp(.zeroRange, at: offset)
        }
        try writeZeros(at: offset, byteCount: byteCount)
    }

    package func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        guard byteCount > 0, !isBlockDevice else { return }
        let (place, length) = (Int64(offset), Int64(byteCount))
        guard Syscalls.succeeds({ cshims_allocate(file.descriptor, place, length) }) else {
            throw .last("fallocate", path, at: offset)
        }
    }

    /// XFS takes as long to share a block as the page cache to take 256 KiB; the disk takes longer.
    package var minimumShareBytes: UInt64 {
        let isCached = !mode.isFlushed && !mode.isDirect
        return isCached && cshims_is_on_xfs(file.descriptor) != 0 ? 256 << 10 : 64 << 10
    }

    package func canShare(with source: any BlockSource) -> Bool {
        guard source is File, !neverShares.load(ordering: .relaxed) else { return false }
        do throws(IOError) {
            // A block that lies behind the end of every file: a file system that shares finds
            // nothing wrong but that, and changes nothing.
            try share(source, at: 1 << 62, byteCount: 4096, to: 1 << 62)
            return true
        } catch {
            // Not between two file systems that may be able to, but on one that is not.
            if error.has(.notSupported) { neverShares.store(true, ordering: .relaxed) }
            return error.has(.invalidArgument)
        }
    }

    package func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError) {
        guard let source = source as? File else {
            throw IOError(sharingAt: offset, of: path, .notSupported)
        }
        let (place, sourcePlace) = (Int64(offset), Int64(sourceOffset))
        let isShared = Syscalls.succeeds {
            cshims_clone_range(
                file.descriptor,
                place,
                source.descriptor,
                sourcePlace,
                Int64(byteCount)
            )
        }
        guard isShared else { throw IOError(sharingAt: offset, of: path, Syscalls.lastError) }
    }

    package func flush() throws(IOError) {
        guard Syscalls.succeeds({ fsync(flushed.descriptor) }) else { throw .last("fsync", path) }
    }

    /// What the disk has now, after `flush`; through the page cache where nothing else can be had.
    package func readBack() throws(IOError) -> any BlockSource { try DiskSource(rereading: file) }

    private func isStill(_ step: ZeroingStep) -> Bool {
        zeroingStep.load(ordering: .relaxed) <= step.rawValue
    }

    /// Remembers that the target does not know a way of zeroing; any other failure is an error.
    private func giveUp(_ step: ZeroingStep, at offset: UInt64) throws(IOError) {
        let error = IOError.last("fallocate", path, at: offset)
        guard error.has(.notSupported) || error.has(.invalidArgument) || error.has(.noFunction)
        else { throw error }
        zeroingStep.store(step.rawValue + 1, ordering: .relaxed)
    }

    package func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        let zeros = IOBuffer(byteCount: TargetFile.zeroBlockBytes)
        var done: UInt64 = 0
        while done < byteCount {
            let count = Int(min(byteCount - done, UInt64(zeros.byteCount)))
            try write(zeros, 0..<count, at: offset + done)
            done += UInt64(count)
        }
    }
}
