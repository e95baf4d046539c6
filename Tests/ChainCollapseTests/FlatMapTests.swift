// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import QCow2
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("The flattened map")
struct FlatMapTests {
    /// A range of guest bytes that lies in a layer as it is.
    private struct Piece: Hashable, CustomStringConvertible {
        var start: UInt64
        var end: UInt64
        var depth: Int
        var offset: UInt64
        var description: String { "\(start)..<\(end) in \(depth) at \(offset)" }
    }

    /// Joins pieces that continue each other, however each side cut them.
    private static func joined(_ pieces: [Piece]) -> [Piece] {
        pieces.reduce(into: []) { result, piece in
            if let last = result.last, last.end == piece.start, last.depth == piece.depth,
                last.offset + (last.end - last.start) == piece.offset
            {
                result[result.count - 1].end = piece.end
            } else {
                result.append(piece)
            }
        }
    }

    private static func extents(of chain: ImageChain) throws -> [Extent] {
        let map = FlatMap(of: chain, findsHoles: false)
        var flattener = WindowFlattener(map)
        var extents: [Extent] = []
        var position: UInt64 = 0
        while let window = try map.nextWindow(from: position) {
            if window.lowerBound > position {
                extents.append(.unallocated(position..<window.lowerBound))
            }
            extents += try flattener.flatten(window)
            position = window.upperBound
        }
        if position < chain.diskBytes { extents.append(.unallocated(position..<chain.diskBytes)) }
        return extents
    }

    @Test("data lies where qemu-img map finds it", arguments: 201...260 as ClosedRange<UInt64>)
    func places(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let built = try ChainRecipe(seed: seed).build(in: directory)
        let chain = try ImageChain(
            top: built.topPath,
            format: ImageFormat(rawValue: built.topFormat),
            policy: ChainPolicy(
                allowedBacking: .within([directory.path]),
                trustsProbedFormats: true
            )
        )
        let ours = try Self.extents(of: chain).compactMap { extent -> Piece? in
            guard case .data(let layer, let offset) = extent.content else { return nil }
            return Piece(
                start: extent.guestOffset,
                end: extent.guestEnd,
                depth: layer,
                offset: offset.rawValue
            )
        }
        let theirs = try QemuImg.map(built.topPath, format: built.topFormat).compactMap { entry in
            entry.offset.flatMap { offset -> Piece? in
                guard entry.data else { return nil }
                return Piece(
                    start: UInt64(entry.start),
                    end: UInt64(entry.start + entry.length),
                    depth: entry.depth,
                    offset: UInt64(offset)
                )
            }
        }
        #expect(Self.joined(ours) == Self.joined(theirs), "\(built.recipe)")
    }

    @Test(
        "extents follow each other without gap or overlap",
        arguments: 261...280 as ClosedRange<UInt64>
    )
    func order(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let built = try ChainRecipe(seed: seed).build(in: directory)
        let chain = try ImageChain(
            top: built.topPath,
            format: ImageFormat(rawValue: built.topFormat),
            policy: ChainPolicy(
                allowedBacking: .within([directory.path]),
                trustsProbedFormats: true
            )
        )
        var position: UInt64 = 0
        for extent in try Self.extents(of: chain) {
            #expect(extent.guestOffset == position)
            #expect(extent.byteCount > 0)
            position = extent.guestEnd
        }
        #expect(position == chain.diskBytes)
    }

    @Test("each table of each layer is read once")
    func tablesReadOnce() throws {
        let directory = try TemporaryDirectory()
        let paths = (0..<3).map { directory.path("layer-\($0)") }
        for (index, path) in paths.enumerated() {
            try QemuImg.create(
                path,
                size: 64 << 20,
                options: ["cluster_size=4k"],
                backing: index == 0 ? nil : paths[index - 1]
            )
            // Every eighth cluster of the whole disk, each layer others.
            try QemuImg.io(path, (0..<512).map { "write -q \(($0 * 32 + index * 4) << 12) 4k" })
        }
        let log = ReadingLog()
        let chain = try log.chain(paths.reversed())
        #expect(try Self.extents(of: chain).filter(\.needsReading).count == 512 * 3)
        for path in paths {
            // 64 MiB are 32 tables of 4 KiB.
            #expect(log.reads(of: path).reduce(0) { $0 + $1.count } == 32 * 4096)
        }
    }

    @Test("an empty disk of 64 TiB has one extent and no windows")
    func emptyGiant() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("giant")
        try QemuImg.create(path, size: 64 << 40)
        let chain = try ImageChain(top: path)
        #expect(try FlatMap(of: chain).nextWindow(from: 0) == nil)
        #expect(try Self.extents(of: chain) == [.unallocated(0..<(64 << 40))])
    }
}
