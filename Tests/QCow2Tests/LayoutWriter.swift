// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import QCow2

/// Writes an image through a layout and keeps account of what the image must then read as.
struct LayoutWriter {
    /// A part of the file that was written.
    struct Write {
        let offset: UInt64
        let byteCount: Int
    }

    private(set) var layout: ImageLayout
    private(set) var expected: [MapSegment] = []
    /// Everything that was written, in order.
    private(set) var writes: [Write] = []
    private let target: TargetFile
    private let model: FileHandle
    private let compressor: ClusterCompressor
    private var random: SeededGenerator
    /// The bytes of a plain cluster that are written; what follows is a hole.
    private let plainBytes: Int

    var geometry: Geometry { layout.geometry }
    var clusterBytes: UInt64 { layout.geometry.clusterBytes }

    init(
        options: CreationOptions,
        diskBytes: UInt64,
        sharesClusters: Bool,
        usedBytes: Int = 0,
        reachBytes: UInt64 = 0,
        in directory: TemporaryDirectory
    ) throws {
        layout = try ImageLayout(
            options: options,
            diskBytes: diskBytes,
            sharesClusters: sharesClusters,
            startsZeroed: usedBytes == 0
        )
        layout.reachBytes = reachBytes
        target = try TargetFile(creating: directory.path("image.qcow2"))
        // A used device: whatever is not written is garbage.
        try target.write(Array(repeating: 0xaa, count: usedBytes), at: 0)
        let clusterBytes = Int(options.clusterBytes)
        plainBytes = usedBytes == 0 ? min(clusterBytes, 1024) : clusterBytes
        let raw = directory.path("expected.raw")
        _ = FileManager.default.createFile(atPath: raw, contents: nil)
        model = try FileHandle(forWritingTo: URL(fileURLWithPath: raw))
        try model.truncate(atOffset: diskBytes)
        compressor = ClusterCompressor(
            options.compressionType,
            window: options.compressionWindow
        )
        random = SeededGenerator(seed: options.clusterBytes &+ UInt64(options.refcountBits))
    }

    private mutating func write(_ bytes: [UInt8], at offset: UInt64) throws {
        try target.write(bytes, at: offset)
        writes.append(Write(offset: offset, byteCount: bytes.count))
    }

    private mutating func expect(_ kind: MapSegment.Kind, _ start: UInt64, _ length: UInt64) {
        let end = min(start + length, layout.diskBytes)
        expected.append(MapSegment(start: start, length: end - start, kind: kind))
    }

    /// Puts bytes into the disk as it should be; none behind its end.
    private func remember(_ bytes: [UInt8], at guestOffset: UInt64) throws {
        let room = layout.diskBytes - guestOffset
        try model.seek(toOffset: guestOffset)
        try model.write(contentsOf: Data(bytes.prefix(Int(min(UInt64(bytes.count), room)))))
    }

    /// Places plain clusters; each begins with noise.
    mutating func place(_ clusters: Range<UInt64>) throws {
        for placement in layout.place(clusters) {
            try fill(placement.guestRange, placement.hostOffset)
        }
    }

    /// Places runs of plain clusters one behind the other.
    mutating func place(together runs: [Range<UInt64>]) throws {
        var next: HostOffset?
        for (run, host) in zip(runs, layout.place(together: runs)) {
            #expect(next == nil || host == next)
            next = host.advanced(by: UInt64(run.count) * clusterBytes)
            try fill(run.lowerBound * clusterBytes..<run.upperBound * clusterBytes, host)
        }
    }

    private mutating func fill(_ guest: Range<UInt64>, _ host: HostOffset) throws {
        expect(.data(host.rawValue), guest.lowerBound, UInt64(guest.count))
        for step in stride(from: 0, to: UInt64(guest.count), by: Int(clusterBytes)) {
            let noise = Array(random.bytes(plainBytes))
            try write(noise, at: host.rawValue + step)
            try remember(noise, at: guest.lowerBound + step)
        }
    }

    /// Places a compressed cluster.
    mutating func placeCompressed(_ cluster: UInt64) throws {
        let text = Array(random.bytes(min(Int(clusterBytes), 65_536), mask: 0x0f))
        let content = Array(repeating: text, count: Int(clusterBytes) / text.count).flatMap(\.self)
        let stream = try #require(
            compressed(content, compressor, atMost: Int(clusterBytes) - 1)
        )
        let place = layout.placeCompressed(cluster, byteCount: stream.count)
        try write(stream, at: place.rawValue)
        try remember(content, at: cluster * clusterBytes)
        expect(.compressed, cluster * clusterBytes, clusterBytes)
    }

    mutating func markZero(_ clusters: Range<UInt64>, subclusters: UInt32 = .max) {
        layout.markZero(clusters, subclusters: subclusters)
        for cluster in clusters {
            expectSubclusters(cluster, data: 0, zeros: subclusters, host: 0)
        }
    }

    /// Places a cluster of which some subclusters have data and some are zero.
    mutating func place(_ cluster: UInt64, data: UInt32, zeros: UInt32) throws {
        let placement = layout.place(cluster, dataSubclusters: data, zeroSubclusters: zeros)
        expectSubclusters(cluster, data: data, zeros: zeros, host: placement.hostOffset.rawValue)
        for number in 0..<UInt64(32) where data >> UInt32(number) & 1 == 1 {
            let noise = Array(random.bytes(min(plainBytes, Int(geometry.subclusterBytes))))
            try write(noise, at: placement.hostOffset.rawValue + number * geometry.subclusterBytes)
            try remember(noise, at: placement.guestOffset + number * geometry.subclusterBytes)
        }
    }

    private mutating func expectSubclusters(
        _ cluster: UInt64,
        data: UInt32,
        zeros: UInt32,
        host: UInt64
    ) {
        guard geometry.hasExtendedL2 else {
            return expect(.zeros, cluster * clusterBytes, clusterBytes)
        }
        let step = geometry.subclusterBytes
        for number in 0..<UInt64(32) {
            let start = cluster * clusterBytes + number * step
            if zeros >> UInt32(number) & 1 == 1 { expect(.zeros, start, step) }
            if data >> UInt32(number) & 1 == 1 { expect(.data(host + number * step), start, step) }
        }
    }

    /// Writes the L2 tables that are complete.
    mutating func writeFinishedTables() throws {
        for part in layout.takeFinishedParts() {
            try write(part.bytes, at: part.hostOffset.rawValue)
        }
    }

    mutating func finish() throws {
        var last: [(bytes: [UInt8], offset: UInt64)] = []
        var flushes: [Int] = []
        try layout.finish(
            flush: { flushes.append(last.count) },
            write: { last.append(($0, $1.rawValue)) }
        )
        // Once, and nothing but the header after it.
        #expect(flushes == [last.count - 1])
        #expect(last.last?.offset == 0)
        for (bytes, offset) in last { try write(bytes, at: offset) }
        try target.setByteCount(layout.fileBytes)
        try model.close()
    }
}
