// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// Something bytes are written to at an offset: a new file, a block device or, in tests, a failing
/// disk.
package protocol BlockTarget: AnyObject, Sendable {
    /// The path that errors show.
    var path: String { get }
    /// True when what was never written reads as zeros: a new file, but not a used device.
    var startsZeroed: Bool { get }

    /// Writes the whole span.
    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError)
    /// Makes a range read as zeros, without taking space where that can be had.
    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError)
    /// Writes zeros to a range, taking its space.
    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError)
    /// Takes space for a range without changing what it reads as.
    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError)
    /// True when the target can share blocks with a source: one file system has both, and it can.
    func canShare(with source: any BlockSource) -> Bool
    /// Lets a range share its blocks with a range of a source.
    ///
    /// - Throws: `IOError`; nothing was changed then, and the bytes may be copied instead.
    func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError)
    /// Sets a file's length; a device must be at least that long.
    func setByteCount(_ byteCount: UInt64) throws(IOError)
    /// Returns when everything written is on stable storage.
    func flush() throws(IOError)
}

extension BlockTarget {
    package func canShare(with source: any BlockSource) -> Bool { false }

    package func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError) { throw IOError(sharingAt: offset, of: path, .notSupported) }

    /// Writes `range` of a buffer.
    package func write(
        _ buffer: IOBuffer,
        _ range: Range<Int>,
        at offset: UInt64
    ) throws(IOError) {
        try buffer.withBytes(range) { (bytes) throws(IOError) in try write(bytes, at: offset) }
    }

    /// Writes the bytes of an array.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws(IOError) {
        // SAFETY: bytes have no padding.
        try write(unsafe bytes.span.bytes, at: offset)
    }
}

/// A file or block device that is being written.
package final class TargetFile: BlockTarget {
    /// Ways to zero a range, cheapest first; one that the target refuses is not tried again.
    private enum ZeroingStep: Int { case punchHole, zeroRange, write }

    /// Zeros are written from a block of this size.
    private static let zeroBlockBytes = 1 << 20

    private let file: File
    private let zeroingStep = Atomic<Int>(ZeroingStep.punchHole.rawValue)
    package var path: String { file.path }
    package var isBlockDevice: Bool { file.kind == .blockDevice }
    package var startsZeroed: Bool { !isBlockDevice }
    package var identity: File.Identity { file.identity }

    /// Creates a new file; fails when the name is taken.
    ///
    /// Errors show the name it will get.
    package init(creating path: String, shownAs finalPath: String? = nil) throws(IOError) {
        file = try File(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o666, shownAs: finalPath)
    }

    /// Opens an existing block device for writing, refusing one that is in use as a file system.
    package init(device path: String) throws(IOError) {
        file = try File(path, O_RDWR | O_EXCL | O_NONBLOCK, mode: 0)
        guard file.kind == .blockDevice else {
            throw IOError(call: "open", path: path, cause: .wrongKind)
        }
    }

    package func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        // SAFETY: the span's own memory, for the length of the call.
        try unsafe bytes.withUnsafeBytes { (buffer) throws(IOError) in
            var done = 0
            while done < buffer.count {
                let place = offset + UInt64(done)
                // SAFETY: `done` is less than the count.
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = unsafe Syscalls.write(file.descriptor, from: rest, at: place)
                guard count > 0 else { throw .last("write", path, at: place) }
                done += count
            }
        }
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

    package func canShare(with source: any BlockSource) -> Bool {
        do throws(IOError) {
            // A block that lies behind the end of every file: a file system that shares finds
            // nothing wrong but that, and changes nothing.
            try share(source, at: 1 << 62, byteCount: 4096, to: 0)
            return true
        } catch {
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

    package func setByteCount(_ byteCount: UInt64) throws(IOError) {
        guard !isBlockDevice else {
            guard byteCount <= file.byteCount else {
                throw IOError(call: "write", path: path, cause: .errno(.noSpace))
            }
            return
        }
        guard Syscalls.succeeds({ ftruncate(file.descriptor, Int(byteCount)) }) else {
            throw .last("ftruncate", path, at: byteCount)
        }
    }

    package func flush() throws(IOError) {
        guard Syscalls.succeeds({ fsync(file.descriptor) }) else { throw .last("fsync", path) }
    }

    /// A file's length and the bytes it occupies.
    package struct Size: Hashable, Sendable {
        package let byteCount: UInt64
        package let allocatedBytes: UInt64
    }

    /// The size that the target has now; a device's is fixed.
    package func size() throws(IOError) -> Size {
        guard let status = Syscalls.status(of: file.descriptor) else {
            throw .last("fstat", path)
        }
        return isBlockDevice
            ? Size(byteCount: file.byteCount, allocatedBytes: file.byteCount)
            : Size(
                byteCount: UInt64(status.st_size),
                allocatedBytes: UInt64(status.st_blocks) * 512
            )
    }

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

extension IOError {
    fileprivate init(sharingAt offset: UInt64, of path: String, _ errno: Errno) {
        self.init(call: "ioctl FICLONERANGE", path: path, offset: offset, cause: .errno(errno))
    }
}
