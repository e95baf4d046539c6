// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import QCow2

/// An entry of a snapshot table, to be written as the specification says.
private struct Entry {
    var l1Offset: UInt64 = 0x3000
    var l1Entries: UInt32 = 4
    var id = "1"
    var name = "one"
    var seconds: UInt32 = 1_577_836_800
    var shortVMStateBytes: UInt32 = 0
    var extra: [UInt8] = bigEndianBytes([0, 8 << 20])

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(l1Offset)
        bytes.appendBigEndian(l1Entries)
        bytes.appendBigEndian(UInt16(id.utf8.count))
        bytes.appendBigEndian(UInt16(name.utf8.count))
        bytes.appendBigEndian(seconds)
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt64(0))
        bytes.appendBigEndian(shortVMStateBytes)
        bytes.appendBigEndian(UInt32(extra.count))
        bytes += extra + Array(id.utf8) + Array(name.utf8)
        return bytes + Array(repeating: 0, count: (8 - bytes.count % 8) % 8)
    }
}

/// The image of these tests has a disk of 8 MiB, for which 4 L1 entries are needed.
@Suite("Internal snapshots")
struct SnapshotTests {
    private static let tableOffset = 77_824

    private func image(_ entries: [Entry], change: (inout ImageBytes) -> Void = { _ in }) throws
        -> QCow2Image
    {
        var image = try ImageBytes(fixture: "v3-4k")
        image.bytes += entries.flatMap(\.bytes)
        image[.snapshotCount] = UInt64(entries.count)
        image[.snapshotOffset] = UInt64(Self.tableOffset)
        change(&image)
        return try QCow2Image(image.source)
    }

    private func snapshots(_ image: QCow2Image) -> Result<[Snapshot], ImageError> {
        Result { () throws(ImageError) in try image.snapshots() }
    }

    @Test(
        "the snapshots are those that QEMU lists",
        arguments: ["snapshots", "snapshots-v2", "v3-4k"]
    )
    func listed(fixture: String) throws {
        let found = try QCow2Image(path: fixturePath(fixture)).snapshots()
        let directory = try TemporaryDirectory()
        let copy = directory.path("image.qcow2")
        try FileManager.default.copyItem(atPath: fixturePath(fixture), toPath: copy)
        let listed = try ImageInfo(of: copy).snapshots ?? []
        #expect(found.map(\.id) == listed.map(\.id))
        #expect(found.map(\.name) == listed.map(\.name))
        #expect(found.map(\.seconds) == listed.map(\.seconds))
        #expect(found.map(\.vmStateBytes) == listed.map(\.vmStateBytes))
    }

    @Test("a snapshot has the disk's size at its time, not today's")
    func sizes() throws {
        let image = try QCow2Image(path: fixturePath("snapshots"))
        let snapshots = try image.snapshots()
        #expect(image.header.diskBytes == 256 << 10)
        #expect(snapshots.map(\.diskBytes) == [160 << 10, 4 << 20])
        #expect(try snapshots.map { try image.table(of: $0).diskBytes } == [160 << 10, 4 << 20])
    }

    @Test(
        "extra data may be missing in part or altogether",
        arguments: [0, 4, 8, 12, 16, 24, 32, 1017, 1024]
    )
    func extraData(count: Int) throws {
        let extra = bigEndianBytes([7 << 33, 6 << 20, 5]) + Array(repeating: 9, count: 1000)
        let entry = Entry(shortVMStateBytes: 12_345, extra: Array(extra.prefix(count)))
        let list = try snapshots(image([entry, Entry(id: "2", name: "two")])).required()
        #expect(list.map(\.name) == ["one", "two"])
        #expect(list[0].vmStateBytes == (count < 8 ? 12_345 : 7 << 33))
        // Old images do not say: the disk has never had another size.
        #expect(list[0].diskBytes == (count < 16 ? 8 << 20 : 6 << 20))
    }

    @Test(
        "more extra data is refused at its length",
        arguments: [1025, 4096, 0x7fff_ffff, 0xffff_ffff]
    )
    func tooMuchExtraData(count: UInt64) throws {
        let image = try image([Entry(), Entry()]) {
            $0.set(count, at: Self.tableOffset + Entry().bytes.count + 36, 4)
        }
        let error = try snapshots(image).formatError()
        #expect(error.offset == UInt64(Self.tableOffset + Entry().bytes.count + 36))
        #expect(error.finding == "snapshot 1 has \(count) bytes of extra data: 1024 is the limit")
    }

    @Test(
        "entries follow each other at multiples of 8, whatever the names' lengths",
        arguments: 0...16
    )
    func padding(count: Int) throws {
        let entries = (0..<5).map { number in
            Entry(
                id: "\(number)",
                name: String(repeating: "n", count: count + number),
                seconds: UInt32(number)
            )
        }
        let list = try snapshots(image(entries)).required()
        #expect(list.map(\.id) == entries.map(\.id))
        #expect(list.map(\.name) == entries.map(\.name))
        #expect(list.map(\.seconds) == entries.map(\.seconds))
    }

    @Test("names of any length and script are read whole")
    func names() throws {
        let long = String(repeating: "x", count: 65_535)
        let entries = [
            Entry(id: long, name: long), Entry(id: "", name: ""), Entry(id: "é", name: "état 雪"),
        ]
        let list = try snapshots(image(entries)).required()
        #expect(list.map(\.id) == [long, "", "é"])
        #expect(list.map(\.name) == [long, "", "état 雪"])
    }

    @Test("a snapshot is found by its id first, then by its name")
    func naming() throws {
        let image = try image([Entry(id: "1", name: "2"), Entry(id: "2", name: "x", seconds: 5)])
        #expect(try image.snapshot(named: "2")?.seconds == 5)
        #expect(try image.snapshot(named: "x")?.seconds == 5)
        #expect(try image.snapshot(named: "1")?.name == "2")
        #expect(try image.snapshot(named: "none") == nil)
        #expect(try image.snapshot(named: "") == nil)
    }

    @Test(
        "an L1 table that is too small or over the limit is refused",
        arguments: [
            (0, 8), (1, 8), (3, 8), ((4 << 20) + 1, 8), (0xffff_ffff, 8), (4, 9), (4, 1 << 43),
        ]
            as [(UInt32, UInt64)]
    )
    func l1Entries(entries: UInt32, mebibytes: UInt64) throws {
        let entry = Entry(l1Entries: entries, extra: bigEndianBytes([0, mebibytes << 20]))
        let error = try snapshots(image([entry])).formatError()
        #expect(error.offset == UInt64(Self.tableOffset + 8))
        #expect(error.kind == .damaged)
        #expect(error.finding.contains("snapshot 0 has \(entries) L1 entries"))
    }

    @Test(
        "an L1 table at an impossible place is refused",
        arguments: [1, 8, 512, 0x3008, 0x14000, 1 << 40, 1 << 63, .max - 4095, .max] as [UInt64]
    )
    func l1Offset(offset: UInt64) throws {
        let error = try snapshots(image([Entry(l1Offset: offset)])).formatError()
        #expect(error.offset == UInt64(Self.tableOffset))
        #expect(error.finding.contains("snapshot 0's L1 table at \(hex(offset))"))
    }

    @Test("a table that ends within an entry is refused", arguments: 1...15)
    func cut(missing: Int) throws {
        let entries = [Entry(), Entry(name: "exactly8", extra: bigEndianBytes([0, 8 << 20, 0]))]
        let image = try image(entries) { $0.bytes.removeLast(missing) }
        // The padding behind the last name may be missing.
        let needed = 40 + 24 + 1 + 8
        let padding = entries[1].bytes.count - needed
        guard missing > padding else {
            #expect(try snapshots(image).required().count == 2)
            return
        }
        let error = try snapshots(image).formatError()
        #expect(error.finding.contains("snapshot 1's entry passes the end of the file"))
    }

    @Test(
        "a table beyond the file is refused",
        arguments: [1 << 20, 1 << 62, .max - 4095] as [UInt64]
    )
    func beyondEnd(offset: UInt64) throws {
        let image = try image([Entry()]) { $0[.snapshotOffset] = offset }
        let error = try snapshots(image).formatError()
        #expect(error.offset == offset)
        #expect(error.finding.contains("snapshot 0's entry passes the end of the file"))
    }

    @Test("a table of more than 64 MiB is refused", arguments: [511, 512])
    func hugeTable(count: Int) throws {
        // An entry with the longest names has 131112 bytes; 512 of them exceed the limit.
        let directory = try TemporaryDirectory()
        let path = directory.path("huge.qcow2")
        var header = try ImageBytes(fixture: "v3-4k")
        header[.snapshotCount] = UInt64(count)
        header[.snapshotOffset] = UInt64(Self.tableOffset)
        try Data(header.bytes).write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        var fixed = Array(Entry().bytes.prefix(40))
        fixed.replaceSubrange(12..<16, with: [255, 255, 255, 255])
        fixed.replaceSubrange(36..<40, with: [0, 0, 0, 16])
        fixed += bigEndianBytes([0, 8 << 20])
        let entryBytes = (40 + 16 + 2 * 65_535 + 7) / 8 * 8
        for index in 0..<count {
            try file.seek(toOffset: UInt64(Self.tableOffset + index * entryBytes))
            try file.write(contentsOf: Data(fixed))
        }
        try file.truncate(atOffset: UInt64(Self.tableOffset + count * entryBytes))
        let image = try QCow2Image(path: path)
        if count * entryBytes <= 64 << 20 {
            #expect(try snapshots(image).required().count == count)
        } else {
            let error = try snapshots(image).formatError()
            #expect(error.kind == .overLimit)
            #expect(error.finding.contains("64 MiB"))
        }
    }
}
