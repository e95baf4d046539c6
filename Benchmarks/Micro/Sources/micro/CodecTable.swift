// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

private struct Codec {
    let name: String
    let compress: Transform
    let decompress: Transform
}

/// Prints what codecs make of the clusters, on one core: speeds in bytes of clusters, and the size
/// of the streams in relation to them.
func printCodecs(_ clusters: [[UInt8]]) {
    let deflated = libdeflateDecompression()
    var codecs = [
        Codec(name: "zlib as QEMU calls it", compress: compressByZlib, decompress: decompressByZlib)
    ]
    codecs += (0...3).map { level in
        Codec(
            name: "ISA-L \(level), 4 KiB window",
            compress: isalCompression(level: level),
            decompress: isalDecompression()
        )
    }
    codecs += [1, 6].map { level in
        Codec(
            name: "libdeflate \(level), 32 KiB window",
            compress: libdeflateCompression(level: level),
            decompress: deflated
        )
    }
    codecs.append(
        Codec(
            name: "zstd 3",
            compress: zstdCompression(level: 3),
            decompress: zstdDecompression()
        )
    )
    printRow("codec", "compress MB/s", "ratio", "decompress MB/s")
    printRow("---", "--:", "--:", "--:")
    for codec in codecs { printCodec(codec, clusters) }
}

private func printCodec(_ codec: Codec, _ clusters: [[UInt8]]) {
    let total = clusters.reduce(0) { $0 + $1.count }
    var streams: [[UInt8]] = []
    let packing = seconds {
        streams = clusters.map { apply(codec.compress, to: $0, room: 2 * $0.count) }
    }
    var whole = true
    let unpacking = seconds {
        for (stream, cluster) in zip(streams, clusters) {
            whole = apply(codec.decompress, to: stream, room: cluster.count) == cluster && whole
        }
    }
    precondition(whole, "\(codec.name): another cluster came back")
    let packed = streams.reduce(0) { $0 + $1.count }
    printRow(
        codec.name,
        (Double(total) / packing / 1e6).digits(0),
        (Double(packed) / Double(total)).digits(3),
        (Double(total) / unpacking / 1e6).digits(0)
    )
}

private func apply(_ transform: Transform, to bytes: [UInt8], room: Int) -> [UInt8] {
    bytes.withUnsafeBytes { source in
        [UInt8](unsafeUninitializedCapacity: room) { target, count in
            count = transform(source, UnsafeMutableRawBufferPointer(target))
        }
    }
}
