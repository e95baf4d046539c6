// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import CZstd
internal import DiskIO

/// Compresses clusters as QEMU does. Owned by one worker; its state is used again for each cluster.
// SAFETY: the codecs' states live from init to deinit and never move, and the codecs stay within the
// lengths of the buffers that are passed along.
@safe package final class ClusterCompressor {
    /// QEMU writes deflate streams with a window of 4 KiB, and readers may rely on it.
    private static let deflateWindowBits: Int32 = -12
    private static let deflateMemoryLevel: Int32 = 9
    /// The level that QEMU's zstd uses.
    private static let zstdLevel: Int32 = 3

    private let type: CompressionType
    private let deflate: UnsafeMutablePointer<z_stream>
    private let zstd: OpaquePointer?

    package init(_ type: CompressionType) {
        self.type = type
        unsafe deflate = .allocate(capacity: 1)
        unsafe deflate.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            deflate,
            Z_DEFAULT_COMPRESSION,
            Z_DEFLATED,
            ClusterCompressor.deflateWindowBits,
            ClusterCompressor.deflateMemoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        unsafe zstd = ZSTD_createCCtx()
        precondition(unsafe status == Z_OK && zstd != nil, "out of memory for a compressor")
    }

    deinit {
        unsafe _ = deflateEnd(deflate)
        unsafe deflate.deallocate()
        unsafe _ = ZSTD_freeCCtx(zstd)
    }

    /// Compresses one cluster.
    ///
    /// - Returns: the stream's length in bytes; nil when it does not fit into the output.
    package func compress(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                unsafe type == .zlib ? deflate(source, target) : compressFrame(source, target)
            }
        }
    }

    private func deflate(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard unsafe deflateReset(deflate) == Z_OK else { return nil }
        unsafe deflate.pointee.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: UInt8.self).baseAddress
        )
        unsafe deflate.pointee.avail_in = UInt32(source.count)
        unsafe deflate.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        unsafe deflate.pointee.avail_out = UInt32(target.count)
        guard unsafe CZlib.deflate(deflate, Z_FINISH) == Z_STREAM_END else { return nil }
        return unsafe target.count - Int(deflate.pointee.avail_out)
    }

    private func compressFrame(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let count = unsafe ZSTD_compressCCtx(
            zstd,
            target.baseAddress,
            target.count,
            source.baseAddress,
            source.count,
            ClusterCompressor.zstdLevel
        )
        return ZSTD_isError(count) == 0 ? count : nil
    }
}
