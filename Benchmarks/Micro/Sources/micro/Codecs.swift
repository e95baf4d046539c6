// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CIsal
internal import CLibdeflate
internal import CZlib
internal import CZstd

/// A way to turn a cluster into another stretch of bytes: the room it may fill, and how much it did.
typealias Transform = (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Int

/// zlib as QEMU calls it: the default level and a window of 4 KiB, begun anew for each cluster.
func compressByZlib(_ source: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> Int
{
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    deflateInit2_(
        &stream,
        Z_DEFAULT_COMPRESSION,
        Z_DEFLATED,
        -12,
        9,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION,
        size
    )
    lend(source, room, to: &stream)
    deflate(&stream, Z_FINISH)
    deflateEnd(&stream)
    return Int(stream.total_out)
}

/// zlib as QEMU calls it.
func decompressByZlib(
    _ source: UnsafeRawBufferPointer,
    _ room: UnsafeMutableRawBufferPointer
) -> Int {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    inflateInit2_(&stream, -12, ZLIB_VERSION, size)
    lend(source, room, to: &stream)
    inflate(&stream, Z_FINISH)
    inflateEnd(&stream)
    return Int(stream.total_out)
}

private func lend(
    _ source: UnsafeRawBufferPointer,
    _ room: UnsafeMutableRawBufferPointer,
    to stream: inout z_stream
) {
    stream.next_in = UnsafeMutablePointer(
        mutating: source.bindMemory(to: UInt8.self).baseAddress
    )
    stream.avail_in = UInt32(source.count)
    stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = UInt32(room.count)
}

/// ISA-L with a window of 4 KiB.
///
/// The state and its memory live as long as the program.
func isalCompression(level: UInt32) -> Transform {
    let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
    let memoryBytes = cisal_level3_buffer_bytes
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(memoryBytes))
    return { source, room in
        isal_deflate_init(stream)
        stream.pointee.end_of_stream = 1
        stream.pointee.hist_bits = 12
        stream.pointee.level = level
        stream.pointee.level_buf = memory
        stream.pointee.level_buf_size = memoryBytes
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: UInt8.self).baseAddress
        )
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        isal_deflate(stream)
        return Int(stream.pointee.total_out)
    }
}

/// ISA-L's decoder.
func isalDecompression() -> Transform {
    let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
    return { source, room in
        isal_inflate_init(state)
        state.pointee.next_in = UnsafeMutablePointer(
            mutating: source.bindMemory(to: UInt8.self).baseAddress
        )
        state.pointee.avail_in = UInt32(source.count)
        state.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
        state.pointee.avail_out = UInt32(room.count)
        isal_inflate(state)
        return Int(state.pointee.total_out)
    }
}

/// libdeflate, whose window is always 32 KiB.
func libdeflateCompression(level: Int32) -> Transform {
    let compressor = libdeflate_alloc_compressor(level)
    return { source, room in
        libdeflate_deflate_compress(
            compressor,
            source.baseAddress,
            source.count,
            room.baseAddress,
            room.count
        )
    }
}

/// libdeflate's decoder.
func libdeflateDecompression() -> Transform {
    let decompressor = libdeflate_alloc_decompressor()
    return { source, room in
        var count = 0
        libdeflate_deflate_decompress(
            decompressor,
            source.baseAddress,
            source.count,
            room.baseAddress,
            room.count,
            &count
        )
        return count
    }
}

/// zstd, one frame for each cluster.
func zstdCompression(level: Int32) -> Transform {
    let context = ZSTD_createCCtx()
    return { source, room in
        ZSTD_compressCCtx(
            context,
            room.baseAddress,
            room.count,
            source.baseAddress,
            source.count,
            level
        )
    }
}

/// zstd's decoder.
func zstdDecompression() -> Transform {
    let context = ZSTD_createDCtx()
    return { source, room in
        ZSTD_decompressDCtx(
            context,
            room.baseAddress,
            room.count,
            source.baseAddress,
            source.count
        )
    }
}
