// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CIsal
internal import CLibdeflate
internal import CZstd

/// Compresses clusters. Owned by one worker; its state is used again for each cluster.
///
/// Deflate streams with a window of 4 KiB, as QEMU writes them and readers may rely on, come from
/// ISA-L: several times as fast as zlib at nearly its size. Those with 32 KiB come from libdeflate.
/// The measurements behind the choices are in `docs/compression.md`.
// SAFETY: the codecs' states live from init to deinit and never move, and the codecs stay within the
// lengths of the buffers that are passed along.
@safe package final class ClusterCompressor {
    /// A library, and its state.
    @safe private enum Codec {
        case isal(UnsafeMutablePointer<isal_zstream>, memory: UnsafeMutablePointer<UInt8>)
        case libdeflate(OpaquePointer)
        case zstd(OpaquePointer)
    }

    /// The window of QEMU's streams, 4 KiB, as a power of two.
    private static let smallWindowBits: UInt16 = 12
    /// ISA-L's best; the lower ones lose more in size than they gain in time.
    private static let isalLevel: UInt32 = 3
    /// Who asks for the larger window wants small files; higher levels gain next to nothing.
    private static let libdeflateLevel: Int32 = 6
    /// The level that QEMU's zstd uses; with a faster match finder, which costs a hundredth in size
    /// and gains a quarter in time.
    private static let zstdParameters: [(ZSTD_cParameter, Int32)] = [
        (ZSTD_c_compressionLevel, 3), (ZSTD_c_strategy, Int32(ZSTD_fast.rawValue)),
        (ZSTD_c_minMatch, 4),
    ]

    private let codec: Codec

    package init(_ type: CompressionType, window: CompressionWindow = .small) {
        let made: Codec? =
            switch (type, window) {
            case (.zlib, .small):
                unsafe .isal(
                    .allocate(capacity: 1),
                    memory: .allocate(capacity: Int(cisal_level3_buffer_bytes))
                )
            case (.zlib, .large):
                unsafe libdeflate_alloc_compressor(ClusterCompressor.libdeflateLevel)
                    .map { unsafe .libdeflate($0) }
            case (.zstd, _): unsafe ClusterCompressor.zstdState().map { unsafe .zstd($0) }
            }
        guard let made else { preconditionFailure("out of memory for a compressor") }
        codec = made
    }

    deinit {
        switch codec {
        case .isal(let stream, let memory):
            unsafe stream.deallocate()
            unsafe memory.deallocate()
        case .libdeflate(let state): unsafe libdeflate_free_compressor(state)
        case .zstd(let state): unsafe _ = ZSTD_freeCCtx(state)
        }
    }

    /// Compresses one cluster.
    ///
    /// - Returns: the stream's length in bytes; nil when it does not fit into the output.
    package func compress(_ input: RawSpan, into output: inout MutableRawSpan) -> Int? {
        unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                switch codec {
                case .isal(let stream, let memory):
                    unsafe deflate(source, target, stream, memory)
                case .libdeflate(let state): unsafe deflate(source, target, state)
                case .zstd(let state): unsafe compressFrame(source, target, state)
                }
            }
        }
    }

    private func deflate(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer,
        _ stream: UnsafeMutablePointer<isal_zstream>,
        _ memory: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        unsafe isal_deflate_init(stream)
        unsafe stream.pointee.end_of_stream = 1
        unsafe stream.pointee.hist_bits = ClusterCompressor.smallWindowBits
        unsafe stream.pointee.level = ClusterCompressor.isalLevel
        unsafe stream.pointee.level_buf = memory
        unsafe stream.pointee.level_buf_size = cisal_level3_buffer_bytes
        // ISA-L reads its input only, though its field does not say so.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: UInt8.self).baseAddress
        )
        unsafe stream.pointee.avail_in = UInt32(source.count)
        unsafe stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.pointee.avail_out = UInt32(target.count)
        guard unsafe isal_deflate(stream) == COMP_OK,
            unsafe stream.pointee.internal_state.state == ZSTATE_END
        else { return nil }
        return unsafe target.count - Int(stream.pointee.avail_out)
    }

    private func deflate(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer,
        _ state: OpaquePointer
    ) -> Int? {
        let count = unsafe libdeflate_deflate_compress(
            state,
            source.baseAddress,
            source.count,
            target.baseAddress,
            target.count
        )
        return count > 0 ? count : nil
    }

    private static func zstdState() -> OpaquePointer? {
        guard let state = unsafe ZSTD_createCCtx() else { return nil }
        for (parameter, value) in zstdParameters {
            unsafe _ = ZSTD_CCtx_setParameter(state, parameter, value)
        }
        return unsafe state
    }

    private func compressFrame(
        _ source: UnsafeRawBufferPointer,
        _ target: UnsafeMutableRawBufferPointer,
        _ state: OpaquePointer
    ) -> Int? {
        let count = unsafe ZSTD_compress2(
            state,
            target.baseAddress,
            target.count,
            source.baseAddress,
            source.count
        )
        return ZSTD_isError(count) == 0 ? count : nil
    }
}
