// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CIsal
internal import CZstd

/// Compresses clusters. Owned by one worker; its state is used again for each cluster.
///
/// Deflate streams come from ISA-L with a window of 4 KiB, as QEMU writes them and readers may rely
/// on: several times as fast as zlib at nearly its size.
// SAFETY: the codecs' states live from init to deinit and never move, and the codecs stay within the
// lengths of the buffers that are passed along.
@safe package final class ClusterCompressor {
    /// The window of QEMU's streams, 4 KiB, as a power of two.
    private static let deflateWindowBits: UInt16 = 12
    /// ISA-L's best; the lower ones lose more in size than they gain in time.
    private static let deflateLevel: UInt32 = 3
    /// The level that QEMU's zstd uses.
    private static let zstdLevel: Int32 = 3

    private let type: CompressionType
    private let deflate: UnsafeMutablePointer<isal_zstream>
    private let deflateMemory: UnsafeMutablePointer<UInt8>
    private let zstd: OpaquePointer?

    package init(_ type: CompressionType) {
        self.type = type
        unsafe deflate = .allocate(capacity: 1)
        unsafe deflateMemory = .allocate(capacity: Int(cisal_level3_buffer_bytes))
        unsafe zstd = ZSTD_createCCtx()
        precondition(unsafe zstd != nil, "out of memory for a compressor")
    }

    deinit {
        unsafe deflate.deallocate()
        unsafe deflateMemory.deallocate()
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
        unsafe isal_deflate_init(deflate)
        unsafe deflate.pointee.end_of_stream = 1
        unsafe deflate.pointee.hist_bits = ClusterCompressor.deflateWindowBits
        unsafe deflate.pointee.level = ClusterCompressor.deflateLevel
        unsafe deflate.pointee.level_buf = deflateMemory
        unsafe deflate.pointee.level_buf_size = cisal_level3_buffer_bytes
        // ISA-L reads its input only, though its field does not say so.
        unsafe deflate.pointee.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: UInt8.self).baseAddress
        )
        unsafe deflate.pointee.avail_in = UInt32(source.count)
        unsafe deflate.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        unsafe deflate.pointee.avail_out = UInt32(target.count)
        guard unsafe isal_deflate(deflate) == COMP_OK,
            unsafe deflate.pointee.internal_state.state == ZSTATE_END
        else { return nil }
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
