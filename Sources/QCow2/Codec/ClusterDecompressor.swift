// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibdeflate
internal import CZlib
internal import CZstd
internal import DiskIO

/// Decompresses clusters. Owned by one worker; its state is used again for each cluster.
// SAFETY: the codecs' states live from init to deinit, and the codecs stay within the lengths of the
// buffers that are passed along.
@safe package final class ClusterDecompressor {
    /// What a stream turned out to be.
    package enum Verdict: Hashable, Sendable {
        /// It does not give one cluster.
        case damaged
        /// It gives a cluster, but does not end there: how long it is cannot be told.
        case unended
        /// It gives a cluster and ends; its length in bytes, without what lies behind it.
        case ended(byteCount: Int)
    }

    private let type: CompressionType
    private let deflate: OpaquePointer?
    private let zstd: OpaquePointer?

    package init(_ type: CompressionType) {
        self.type = type
        unsafe deflate = type == .zlib ? libdeflate_alloc_decompressor() : nil
        unsafe zstd = type == .zstd ? ZSTD_createDCtx() : nil
        precondition(unsafe deflate != nil || zstd != nil, "out of memory for a decompressor")
    }

    deinit {
        unsafe libdeflate_free_decompressor(deflate)
        unsafe _ = ZSTD_freeDCtx(zstd)
    }

    /// Decompresses one cluster.
    ///
    /// - Parameters:
    ///   - input: the stream, and whatever lies behind it in its last sector.
    ///   - output: filled completely, unless the stream is damaged.
    /// - Returns: what the stream turned out to be.
    package func decompress(_ input: RawSpan, into output: inout MutableRawSpan) -> Verdict {
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                unsafe type == .zlib ? inflate(source, target) : decompressFrames(source, target)
            }
        }
    }

    private func inflate(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer
    ) -> Verdict {
        var consumed = 0
        let result = unsafe libdeflate_deflate_decompress_ex(
            deflate,
            source.baseAddress,
            source.count,
            target.baseAddress,
            target.count,
            &consumed,
            nil
        )
        if result == LIBDEFLATE_SUCCESS { return .ended(byteCount: consumed) }
        // QEMU accepts a stream that filled the cluster without ending; zlib judges such a one.
        return unsafe inflateByZlib(source, target) ? .unended : .damaged
    }

    private func inflateByZlib(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var stream = unsafe z_stream()
        guard
            unsafe inflateInit2_(
                &stream,
                -15,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        else { return false }
        defer { unsafe _ = inflateEnd(&stream) }
        unsafe stream.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: UInt8.self).baseAddress
        )
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.avail_out = UInt32(target.count)
        let status = unsafe CZlib.inflate(&stream, Z_FINISH)
        let isAccepted = status == Z_STREAM_END || status == Z_BUF_ERROR
        return unsafe isAccepted && stream.avail_out == 0
    }

    /// One frame after the other, until the output is full.
    private func decompressFrames(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer
    ) -> Verdict {
        guard let input = source.baseAddress, let output = target.baseAddress else {
            return .damaged
        }
        var (consumed, filled) = (0, 0)
        while filled < target.count {
            let frame = unsafe ZSTD_findFrameCompressedSize(
                input + consumed,
                source.count - consumed
            )
            guard ZSTD_isError(frame) == 0 else { return .damaged }
            let count = unsafe ZSTD_decompressDCtx(
                zstd,
                output + filled,
                target.count - filled,
                input + consumed,
                frame
            )
            guard ZSTD_isError(count) == 0 else { return .damaged }
            consumed += frame
            filled += count
        }
        return .ended(byteCount: consumed)
    }
}
