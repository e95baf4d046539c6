// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Announcements of what is read soon")
struct AnnouncementTests {
    private static let mebibyte: UInt64 = 1 << 20
    private static let clusterBytes: UInt64 = 64 << 10

    /// 80 MiB of data under an overlay that has every third cluster.
    private static func chain(_ directory: TemporaryDirectory) throws -> [String] {
        let (base, top) = (directory.path("base"), directory.path("top"))
        try QemuImg.create(base, size: 128 << 20)
        try QemuImg.io(base, ["write -q 16M 80M"])
        try QemuImg.create(top, size: 128 << 20, backing: base)
        let places = stride(from: 0, to: 128 * mebibyte, by: Int(3 * clusterBytes))
        try QemuImg.io(top, places.map { "write -q \($0) 64k" })
        return [top, base]
    }

    /// What a copy of a chain asks of its files.
    private static func copying(_ paths: [String]) throws -> [ReadingLog.Entry] {
        let log = ReadingLog()
        let chain = try log.chain(paths)
        let writer = DiscardingWriter(policy: PlanPolicy(grainBytes: clusterBytes))
        let engine = CopyEngine(chain, writer, ProgressMeter { _ in }, Cancellation())
        _ = try engine.run(threads: 1)
        return log.entries
    }

    @Test("everything is announced once, before it is read, and not far ahead")
    func once() throws {
        let directory = try TemporaryDirectory()
        let entries = try Self.copying(try Self.chain(directory))
        var ahead: [String: [Range<UInt64>]] = [:]
        var (aheadBytes, furthest): (UInt64, UInt64) = (0, 0)
        for entry in entries {
            switch entry.kind {
            case .announcement:
                try #require(!ahead[entry.path, default: []].contains { $0.overlaps(entry.range) })
                ahead[entry.path, default: []].append(entry.range)
                aheadBytes += UInt64(entry.range.count)
                furthest = max(furthest, aheadBytes)
            case .read:
                // Of a table less may be needed than was thought.
                let place = ahead[entry.path]?.firstIndex { $0.contains(entry.range) }
                let announced = ahead[entry.path]?.remove(at: try #require(place, "\(entry)"))
                aheadBytes -= UInt64(announced?.count ?? 0)
            }
        }
        #expect(aheadBytes == 0)
        // A chunk may pass the limit.
        #expect((14...18).contains(furthest / Self.mebibyte))
        #expect(entries.count { $0.kind == .read } > 1000)
    }

    @Test("so are compressed clusters, which are read many at a time")
    func compressed() throws {
        let directory = try TemporaryDirectory()
        let packed = directory.path("packed")
        try QemuImg.convert(
            Self.chain(directory)[1],
            to: packed,
            format: "qcow2",
            compressed: true
        )
        let entries = try Self.copying([packed])
        let announced = entries.indices.filter { entries[$0].kind == .announcement }
        // 80 MiB in clusters of 64 KiB, and a table.
        #expect(announced.count == 1281)
        for index in announced {
            let read = entries.firstIndex {
                $0.kind == .read && $0.range.overlaps(entries[index].range)
            }
            #expect(try #require(read) > index)
        }
    }
}
