// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

@Suite("Disks that fail")
struct ReadErrorTests {
    /// Everything that can be read of an image's tables.
    @discardableResult
    private func readTables(_ source: any BlockSource) throws(ImageError) -> Int {
        let image = try QCow2Image(source)
        var count = try image.runs(of: image.activeTable()).count
        for snapshot in try image.snapshots() {
            count += try image.runs(of: image.table(of: snapshot)).count
        }
        return count
    }

    private static let fixtures = [
        "snapshots", "snapshots-v2", "chain-top", "extended-l2", "bitmaps", "zstd-4k", "v3-512",
        "unknown-extension",
    ]

    @Test("whichever read fails first, its error comes out as it is", arguments: fixtures)
    func anyRead(fixture: String) throws {
        let sound = FaultySource(try ImageBytes(fixture: fixture).source)
        #expect(try readTables(sound) > 0)
        #expect(sound.readCount >= 3)
        for good in 0..<sound.readCount {
            let faulty = FaultySource(try ImageBytes(fixture: fixture).source, failingAfter: good)
            let result = Result { () throws(ImageError) in try readTables(faulty) }
            guard case .failure(.io(let error)) = result else {
                Issue.record("read \(good) of \(sound.readCount): \(result)")
                continue
            }
            #expect(error.path == "memory.qcow2")
            #expect(error.cause == .unexpectedEnd)
            #expect(faulty.readCount == good + 1)
        }
        let healthy = FaultySource(
            try ImageBytes(fixture: fixture).source,
            failingAfter: sound.readCount
        )
        #expect(try readTables(healthy) > 0)
    }

    @Test(
        "a bad range is an error exactly for those who need it",
        arguments: [
            ("v3-4k", 0..<1, true), ("v3-4k", 111..<112, true), ("v3-4k", 0x1000..<0x2000, false),
            ("v3-4k", 0x3000..<0x3001, true), ("v3-4k", 0x3020..<0x4000, false),
            ("snapshots", 0x3000..<0x3008, true),
        ] as [(String, Range<UInt64>, Bool)]
    )
    func badRange(fixture: String, range: Range<UInt64>, isNeeded: Bool) throws {
        let faulty = FaultySource(try ImageBytes(fixture: fixture).source, in: range)
        let result = Result { () throws(ImageError) in try readTables(faulty) }
        if isNeeded {
            guard case .failure(.io) = result else {
                Issue.record("\(result)")
                return
            }
        } else {
            #expect(try result.required() > 0)
        }
    }

    @Test("only the part of an L2 table that a range needs is read")
    func partOfTable() throws {
        let bytes = try ImageBytes(fixture: "v3-4k")
        let table = UInt64(bytes.l2Entry(of: 0))
        // The second half of the table, which describes guest bytes from 1 MiB on.
        let faulty = FaultySource(bytes.source, in: (table + 2048)..<(table + 4096))
        let image = try QCow2Image(faulty)
        let state = try image.activeTable()
        #expect(try !image.runs(of: state, in: 0..<(1 << 20)).isEmpty)
        let error = Result { () throws(ImageError) in
            try image.runs(of: state, in: 0..<((1 << 20) + 4096))
        }
        guard case .failure(.io(let fault)) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(fault == faulty.fault(at: table))
    }

    @Test("how an image was made is guessed from a limited part of its refcounts")
    func limitedGuess() throws {
        var bytes = try ImageBytes(fixture: "refcount-64")
        let clusterBytes = UInt64(1) << bytes[.clusterBits]
        // 8 MiB of table behind the file, each entry leading to the same hole, where all are free.
        let table = UInt64(bytes.bytes.count)
        let block: UInt64 = 1 << 40
        bytes[.refcountOffset] = table
        bytes[.refcountClusters] = (8 << 20) / clusterBytes
        bytes.bytes += bigEndianBytes(Array(repeating: block, count: 1 << 20))
        let source = SparseSource(bytes.source, byteCount: 1 << 62)
        let isPreallocated = try QCow2Image(source).isPreallocated()
        #expect(!isPreallocated)
        #expect(source.readBytes > QCow2Image.maximumGuessBytes)
        let tableBytes: UInt64 = 8 << 20
        #expect(source.readBytes < QCow2Image.maximumGuessBytes + 2 * tableBytes)
    }

    @Test("a magic number that cannot be read is an error and not another format")
    func magic() throws {
        let faulty = FaultySource(try ImageBytes(fixture: "v3-4k").source, failingAfter: 0)
        #expect(throws: faulty.fault(at: 0)) { try Header.isPresent(in: faulty) }
    }

    @Test(
        "compressed and plain data that cannot be read is an error",
        arguments: ["zlib-4k", "v3-4k"]
    )
    func data(fixture: String) throws {
        let bytes = try ImageBytes(fixture: fixture)
        let sound = try QCow2Image(bytes.source)
        let run = try #require(try sound.runs(of: sound.activeTable()).first)
        let place: UInt64
        switch run.mapping {
        case .data(let offset): place = offset.rawValue
        case .compressed(let stream): place = stream.hostOffset.rawValue
        default: throw CancellationError()
        }
        let clusters = FaultySource(bytes.source, in: place..<(place + 1))
        let image = try QCow2Image(bytes.source, clusters: clusters)
        #expect(throws: clusters.fault(at: place)) { try image.bytes(of: run) }
    }
}
