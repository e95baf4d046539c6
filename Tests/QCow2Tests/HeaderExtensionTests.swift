// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

private let backingFormat: UInt32 = 0xe279_2aca
private let featureNames: UInt32 = 0x6803_f857
private let bitmapsType: UInt32 = 0x2385_2875
private let encryptionHeader: UInt32 = 0x0537_be77
private let dataFileName: UInt32 = 0x4441_5441
private let unknown: UInt32 = 0x1234_5678

@Suite("Header extensions and the backing name")
struct HeaderExtensionTests {
    private func sound() throws -> ImageBytes { try ImageBytes(fixture: "v3-4k") }

    private func header(_ list: [(type: UInt32, data: [UInt8])]) throws -> Result<
        Header, ImageError
    > {
        var image = try sound()
        image.putExtensions(list)
        return image.header()
    }

    @Test("a backing format has at most 15 bytes", arguments: [0, 1, 5, 8, 15])
    func backingFormatLength(count: Int) throws {
        let name = String(repeating: "f", count: count)
        let header = try header([(backingFormat, Array(name.utf8))]).required()
        #expect(header.extensions.backingFormat == name)
    }

    @Test("a longer backing format is refused", arguments: [16, 17, 255, 3000])
    func longBackingFormat(count: Int) throws {
        let list = [(unknown, [1]), (backingFormat, [UInt8](repeating: 102, count: count))]
        let error = try header(list).formatError()
        #expect(error.offset == 112 + 16)
        #expect(error.kind == .damaged)
        #expect(error.finding.contains("has \(count) bytes: 15 is the limit"))
    }

    @Test("unknown extensions are passed over, whatever their length", arguments: 0...17)
    func unknownType(count: Int) throws {
        let data = [UInt8](repeating: 0xff, count: count)
        let list = [(unknown, data), (unknown &+ 1, data), (backingFormat, Array("raw".utf8))]
        #expect(try header(list).required().extensions.backingFormat == "raw")
    }

    @Test("nothing is read behind the mark of the end")
    func end() throws {
        let list = [(0, [UInt8]()), (backingFormat, [UInt8](repeating: 1, count: 99))]
        #expect(try header(list).required().extensions == HeaderExtensions())
    }

    @Test("an extension may fill the first cluster, and not a byte more", arguments: -1...16)
    func filling(excess: Int) throws {
        var image = try sound()
        let room = 4096 - 112 - 8
        image.set(UInt64(unknown), at: 112, 4)
        image.set(UInt64(room + excess), at: 116, 4)
        // Behind the first cluster: an extension that is none.
        image.set(UInt64(backingFormat) << 32 | 16, at: 4096)
        if excess <= 0 {
            #expect(try image.header().required().extensions == HeaderExtensions())
        } else {
            let error = try image.header().formatError()
            #expect(error.offset == 112)
            #expect(
                error.finding
                    == "header extension 0x12345678 has \(room + excess) bytes: \(room) are left"
            )
        }
    }

    @Test(
        "a length of almost 4 GiB is refused",
        arguments: [0x8000_0000, 0xffff_fff8, 0xffff_ffff]
    )
    func absurdLength(length: UInt64) throws {
        var image = try sound()
        image.putExtensions([(unknown, [1, 2, 3])])
        image.set(length, at: 116, 4)
        #expect(try image.header().formatError().finding.contains("has \(length) bytes"))
    }

    @Test(
        "extensions end where the backing name begins",
        arguments: [112, 119, 120, 127, 128, 135]
    )
    func backingNameEnds(offset: Int) throws {
        var image = try sound()
        image.putExtensions([(backingFormat, Array("raw".utf8))])
        image.put(Array("base".utf8), at: offset)
        image[.backingOffset] = UInt64(offset)
        image[.backingBytes] = 4
        // Behind the name the format would be damaged.
        image.set(UInt64(backingFormat) << 32 | 99, at: offset + 8)
        guard offset == 120 || offset == 127 else {
            let header = try image.header().required()
            #expect(header.backingName == "base")
            #expect(header.extensions.backingFormat == (offset < 120 ? nil : "raw"))
            return
        }
        // Of the format's three bytes and their padding some belong to the name.
        let result = image.header()
        if offset == 120 {
            #expect(try result.formatError().finding.contains("has 3 bytes: 0 are left"))
        } else {
            #expect(try result.required().backingName == "base")
        }
    }

    @Test(
        "a backing name lies within the first cluster and has at most 1023 bytes",
        arguments: [(200, 1), (200, 1023), (3073, 1023), (4095, 1), (4000, 96), (8, 4)]
    )
    func backingName(offset: Int, count: Int) throws {
        var image = try sound()
        image[.backingOffset] = UInt64(offset)
        image[.backingBytes] = UInt64(count)
        let name = String(repeating: "b", count: count)
        if offset > 72 { image.put(Array(name.utf8), at: offset) }
        let header = try image.header().required()
        #expect(offset < 72 || header.backingName == name)
    }

    @Test(
        "a name of no bytes, and a name at offset 0, is none",
        arguments: [(200, 0), (0, 8), (4096, 0)]
    )
    func noBackingName(offset: UInt64, count: UInt64) throws {
        var image = try sound()
        image[.backingOffset] = offset
        image[.backingBytes] = count
        #expect(try image.header().required().backingName == nil)
    }

    @Test(
        "a backing name outside the first cluster, or longer than the limit, is refused",
        arguments: [
            (200, 1024, 16), (3074, 1023, 16), (4095, 2, 16), (4096, 1, 16), (4097, 1, 8),
            (1 << 63, 8, 8), (.max, 8, 8), (.max - 3, 0, 8), (200, 0xffff_ffff, 16),
        ] as [(UInt64, UInt64, UInt64)]
    )
    func badBackingName(offset: UInt64, count: UInt64, place: UInt64) throws {
        var image = try sound()
        image[.backingOffset] = offset
        image[.backingBytes] = count
        let error = try image.header().formatError()
        #expect(error.kind == .damaged)
        #expect(error.offset == place)
        #expect(error.finding.contains("backing file's name"))
    }

    @Test("a backing name behind the end of the file is a damaged image", arguments: [0, 3, 7])
    func cutBackingName(present: Int) throws {
        var image = try ImageBytes(fixture: "v3-4k")
        image[.size] = 0
        image[.l1Entries] = 0
        image[.l1Offset] = 0
        image[.backingOffset] = 400
        image[.backingBytes] = 8
        image.bytes.removeLast(image.bytes.count - 400 - present)
        let error = try image.header().formatError()
        #expect(error.kind == .damaged)
        #expect(error.offset == 16)
        #expect(error.finding.contains("backing file's name"))
    }

    @Test("names of features are read in rows of 48 bytes")
    func names() throws {
        let rows = row(group: 0, bit: 1, "one") + row(group: 2, bit: 63, "two") + [0, 0, 1]
        let header = try header([(featureNames, rows)]).required()
        #expect(
            header.extensions.featureNames == [
                FeatureName(group: 0, bit: 1, name: "one"),
                FeatureName(group: 2, bit: 63, name: "two"),
            ]
        )
    }

    @Test("a data file's name is taken as it is", arguments: ["data.raw", "json:{}", "a b\u{e9}"])
    func dataFile(name: String) throws {
        let header = try header([(dataFileName, Array(name.utf8))]).required()
        #expect(header.extensions.dataFileName == name)
    }

    @Test("a data file's name is no longer than a path can be", arguments: [4095, 4096])
    func longDataFile(byteCount: Int) throws {
        var image = try ImageBytes(fixture: "v3-64k")
        image.putExtensions([(dataFileName, Array(repeating: 0x61, count: byteCount))])
        let header = image.header()
        guard byteCount > 4095 else {
            #expect(try header.required().extensions.dataFileName?.utf8.count == 4095)
            return
        }
        #expect(try header.formatError().kind == .overLimit)
    }

    @Test("there are no more names than features")
    func manyNames() throws {
        var image = try ImageBytes(fixture: "v3-64k")
        let rows = (0..<400).flatMap { row(group: 0, bit: $0 % 64, "\($0)") }
        image.putExtensions([(featureNames, rows)])
        #expect(try image.header().required().extensions.featureNames.count == 192)
    }

    @Test("a LUKS header in an image that is not encrypted is refused")
    func encryption() throws {
        let error = try header([(encryptionHeader, Array(repeating: 0, count: 16))]).formatError()
        #expect(error.offset == 112)
        #expect(error.finding.contains("not encrypted"))
    }
}

@Suite("The bitmaps extension")
struct BitmapsExtensionTests {
    private func header(_ data: [UInt8], autoclear: UInt64 = 1) throws -> Result<Header, ImageError>
    {
        var image = try ImageBytes(fixture: "v3-4k")
        image[.autoclear] = autoclear
        image.putExtensions([(bitmapsType, data)])
        return image.header()
    }

    private func data(_ count: UInt32, _ bytes: UInt64, _ offset: UInt64) -> [UInt8] {
        bigEndianBytes([UInt64(count) << 32, bytes, offset])
    }

    @Test("the image that QEMU wrote has two bitmaps")
    func fixture() throws {
        let header = try ImageBytes(fixture: "bitmaps").header().required()
        let bitmaps = try #require(header.extensions.bitmaps)
        #expect(bitmaps.count == 2)
        #expect(bitmaps.directoryOffset % 4096 == 0)
        #expect(
            try ImageBytes(fixture: "bitmaps-stale").header().required().extensions.bitmaps == nil
        )
    }

    @Test(
        "a reference within the limits is read",
        arguments: [(1, 32, 0x4000), (65_535, 65_535 * 1024, 1 << 40)] as [(UInt32, UInt64, UInt64)]
    )
    func sound(count: UInt32, bytes: UInt64, offset: UInt64) throws {
        let bitmaps = try header(data(count, bytes, offset)).required().extensions.bitmaps
        #expect(
            bitmaps
                == BitmapDirectoryReference(
                    count: count,
                    directoryOffset: offset,
                    directoryBytes: bytes
                )
        )
    }

    @Test(
        "a reference outside the limits is refused, unless the image says that it is stale",
        arguments: [
            (0, 32, 0x4000), (65_536, 32, 0x4000), (.max, 32, 0x4000),
            (1, 65_535 * 1024 + 1, 0x4000), (1, .max, 0x4000), (1, 32, 0x4008), (1, 32, .max),
        ] as [(UInt32, UInt64, UInt64)]
    )
    func bad(count: UInt32, bytes: UInt64, offset: UInt64) throws {
        let error = try header(data(count, bytes, offset)).formatError()
        #expect(error.offset == 112)
        #expect(
            error.finding.contains("lists \(count) bitmaps in \(bytes) bytes at \(hex(offset))")
        )
        let stale = try header(data(count, bytes, offset), autoclear: 4).required()
        #expect(stale.extensions.bitmaps == nil)
    }

    @Test("any length but 24 is refused, unless stale", arguments: [0, 8, 16, 23, 25, 32])
    func length(count: Int) throws {
        let data = Array((data(1, 32, 0x4000) + data(1, 32, 0x4000)).prefix(count))
        let error = try header(data).formatError()
        #expect(error.offset == 112)
        #expect(error.finding.contains("has \(count) bytes: 24"))
        #expect(try header(data, autoclear: 0).required().extensions.bitmaps == nil)
    }
}
