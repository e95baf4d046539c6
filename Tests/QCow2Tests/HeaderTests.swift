// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

/// One field of a sound header changed, and what is said about it.
struct HeaderDefect: Sendable, CustomTestStringConvertible {
    let field: ImageBytes.Field
    let value: UInt64
    let kind: FormatError.Kind
    /// The field that is blamed, where it is another.
    let blamed: ImageBytes.Field
    let words: String

    init(
        _ field: ImageBytes.Field,
        _ value: UInt64,
        _ kind: FormatError.Kind,
        _ words: String,
        blaming blamed: ImageBytes.Field? = nil
    ) {
        self.field = field
        self.value = value
        self.kind = kind
        self.blamed = blamed ?? field
        self.words = words
    }

    var testDescription: String { "\(field) \(hex(value))" }
}

extension UInt64 {
    /// The largest number of a field of four bytes.
    fileprivate static let max32: UInt64 = 0xffff_ffff
}

/// The image of these tests has version 3, 4 KiB clusters, 8 MiB, an L1 table of 4 entries at
/// 0x3000, a refcount table at 0x1000 and 77824 bytes in all.
@Suite("Header fields")
struct HeaderTests {
    private func sound() throws -> ImageBytes { try ImageBytes(fixture: "v3-4k") }

    @Test("a sound header is read as it stands")
    func soundHeader() throws {
        let image = try sound()
        let header = try image.header().required()
        #expect(header.version == 3)
        #expect(header.geometry == Geometry(clusterBits: 12, hasExtendedL2: false))
        #expect(header.virtualSize == 8 << 20)
        #expect(header.diskBytes == 8 << 20)
        #expect(header.l1Entries == 4)
        #expect(header.l1TableOffset == 0x3000)
        #expect(header.refcountTableOffset == 0x1000)
        #expect(header.refcountTableClusters == 1)
        #expect(header.snapshotCount == 0)
        #expect(header.incompatibleFeatures == [])
        #expect(header.autoclearFeatures == [])
        #expect(header.refcountOrder == 4)
        #expect(header.headerLength == 112)
        #expect(header.compressionType == .zlib)
        #expect(header.backingName == nil)
        #expect(header.extensions == HeaderExtensions())
        #expect(!header.hasLazyRefcounts)
        #expect(image.bytes.count == 77_824)
    }

    static let defects: [HeaderDefect] = [
        rows(.version, [0, 1, 4, 5, 0x0300_0000, 0xffff_ffff], .unsupported) { "version \($0)" },
        rows(.clusterBits, Array(0...8) + [22, 31, 32, 63, 255, 0x8000_000c, .max32], .overLimit) {
            "2^\($0) bytes: cluster bits 9 to 21"
        },
        rows(.encryption, [1, 2, 3, .max32], .unsupported) { "encrypted (method \($0)" },
        rows(.refcountOrder, [7, 8, 16, 255, 256, .max32], .damaged) { "order is \($0)" },
        rows(.headerLength, [0, 72, 96, 103] + Array(105...111), .damaged) { "length is \($0)" },
        rows(.headerLength, [113, 4095, 4097, 4104, .max32 - 7], .damaged) { "length is \($0)" },
        rows(.compressionType, [2, 3, 127, 255], .unsupported) { "compression type \($0)" },
        rows(.compressionType, [1], .damaged) { _ in "zstd contradicts" },
        rows(.l1Entries, [0, 1, 3], .damaged) { "has \($0) entries: the virtual size needs 4" },
        rows(.l1Entries, [8193, 4 << 20], .damaged, blaming: .l1Offset) { "\($0 * 8) bytes" },
        rows(.l1Entries, [(4 << 20) + 1, .max32], .overLimit) { _ in "4194304 is the limit" },
        rows(.l1Offset, [1, 8, 512, 0x2fff, 0x3001, (1 << 63) + 2048, .max], .damaged) {
            "\(hex($0)) is not cluster-aligned"
        },
        rows(.l1Offset, [77_824, 1 << 20, 1 << 63, .max - 4095], .damaged) { _ in
            "the file ends at 0x13000"
        },
        rows(.size, [(8 << 20) + 1, 10 << 20, 8 << 40], .damaged, blaming: .l1Entries) { _ in
            "has 4 entries"
        },
        rows(.size, [(8 << 40) + 1, 1 << 63, .max], .overLimit) { "virtual size of \($0) bytes" },
        rows(.refcountClusters, [0], .damaged) { _ in "no refcount table" },
        rows(.refcountClusters, [2049, .max32], .overLimit) { "\($0 << 12) bytes: 8 MiB is" },
        rows(.refcountOffset, [1, 8, 0x1200, 0x1fff, .max], .damaged) {
            "\(hex($0)) is not cluster-aligned"
        },
        rows(.snapshotCount, [65_537, .max32], .overLimit) {
            "\($0) snapshots: 65536 is the limit"
        },
    ].flatMap(\.self)

    private static func rows(
        _ field: ImageBytes.Field,
        _ values: [UInt64],
        _ kind: FormatError.Kind,
        blaming blamed: ImageBytes.Field? = nil,
        words: (UInt64) -> String
    ) -> [HeaderDefect] {
        values.map { HeaderDefect(field, $0, kind, words($0), blaming: blamed) }
    }

    @Test("a field that is wrong is named with its place and value", arguments: defects)
    func defect(_ row: HeaderDefect) throws {
        var image = try sound()
        image[row.field] = row.value
        let error = try image.header().formatError()
        #expect(error.kind == row.kind)
        #expect(error.offset == UInt64(row.blamed.rawValue))
        #expect(error.path == "memory.qcow2")
        #expect(error.finding.contains(row.words), "\(error)")
    }

    @Test(
        "a value at its limit, or one that means nothing, is accepted",
        arguments: [
            (.size, 0), (.size, 1), (.size, 511), (.size, (8 << 20) - 1), (.l1Entries, 5),
            (.l1Entries, 8192), (.l1Offset, 0), (.l1Offset, 0x12000), (.refcountClusters, 2048),
            (.refcountOffset, 0), (.refcountOffset, .max - 4095), (.snapshotCount, 65_536),
            (.snapshotOffset, 7), (.headerLength, 104), (.headerLength, 120), (.headerLength, 4096),
            (.backingBytes, 17), (.refcountOrder, 0), (.refcountOrder, 1), (.refcountOrder, 2),
            (.refcountOrder, 3), (.refcountOrder, 5), (.refcountOrder, 6),
        ] as [(ImageBytes.Field, UInt64)]
    )
    func accepted(field: ImageBytes.Field, value: UInt64) throws {
        var image = try sound()
        image[field] = value
        let header = try image.header().required()
        let read: [ImageBytes.Field: UInt64] = [
            .size: header.virtualSize, .l1Entries: UInt64(header.l1Entries),
            .l1Offset: header.l1TableOffset, .refcountOffset: header.refcountTableOffset,
            .refcountClusters: UInt64(header.refcountTableClusters),
            .snapshotCount: UInt64(header.snapshotCount),
            .snapshotOffset: header.snapshotTableOffset,
            .headerLength: UInt64(header.headerLength),
            .refcountOrder: UInt64(header.refcountOrder),
        ]
        if field != .backingBytes { #expect(read[field] == value) }
        #expect(header.backingName == nil)
    }

    @Test("a snapshot table must be aligned, if there is one", arguments: [1, 8, 512, 4095])
    func snapshotOffset(offset: UInt64) throws {
        var image = try sound()
        image[.snapshotOffset] = offset
        _ = try image.header().required()
        image[.snapshotCount] = 1
        let error = try image.header().formatError()
        #expect(error.offset == 64)
        #expect(error.finding.contains("\(hex(offset)) is not cluster-aligned"))
    }

    @Test("a size is cut down to whole sectors", arguments: [0, 1, 511, 512, 513, 131_772])
    func sectors(size: UInt64) throws {
        var image = try sound()
        image[.size] = size
        let header = try image.header().required()
        #expect(header.virtualSize == size)
        #expect(header.diskBytes == size / 512 * 512)
    }

    @Test("every changed byte of the magic number makes another file of it", arguments: 0..<4)
    func magic(index: Int) throws {
        var image = try sound()
        image.bytes[index] ^= 1
        let error = try image.header().formatError()
        #expect(error.kind == .unsupported)
        #expect(error.offset == 0)
        #expect(error.finding.contains("magic number 0x514649fb"))
        #expect(try !Header.isPresent(in: image.source))
        #expect(try Header.isPresent(in: sound().source))
    }

    @Test("a file that ends within its header is cut there", arguments: 0..<112)
    func short(byteCount: Int) throws {
        let source = try MemorySource(Array(sound().bytes.prefix(byteCount)))
        let result = Result { () throws(ImageError) in try Header(reading: source) }
        let error = try result.formatError()
        #expect(try Header.isPresent(in: source) == (byteCount >= 4))
        switch byteCount {
        case ..<8: #expect(error.offset == 0 && error.kind == .unsupported)
        case ..<104:
            #expect(error.offset == UInt64(byteCount) && error.kind == .damaged)
            #expect(error.finding.contains("ends inside the header: 104 bytes"))
        default: #expect(error.offset == 40)
        }
    }

    @Test("a version 2 header ends at byte 72", arguments: 8..<80)
    func shortVersion2(byteCount: Int) throws {
        let bytes = try ImageBytes(fixture: "v2-4k").bytes
        let source = MemorySource(Array(bytes.prefix(byteCount)))
        let error = try Result { () throws(ImageError) in try Header(reading: source) }
            .formatError()
        #expect(error.offset == (byteCount < 72 ? UInt64(byteCount) : 40))
    }

    @Test("version 2 has none of the later fields, whatever lies there")
    func version2() throws {
        var image = try ImageBytes(fixture: "v2-4k")
        let name = Array("base.raw".utf8)
        // The name follows the header at once, so the bytes of the later fields are its own.
        image.put(name + Array(repeating: 0xff, count: 40), at: 72)
        image[.backingOffset] = 72
        image[.backingBytes] = 8
        let header = try image.header().required()
        #expect(header.version == 2)
        #expect(header.backingName == "base.raw")
        #expect(header.incompatibleFeatures == [])
        #expect(header.compatibleFeatures == 0)
        #expect(header.autoclearFeatures == [])
        #expect(header.refcountOrder == 4)
        #expect(header.headerLength == 72)
        #expect(header.compressionType == .zlib)
    }

    @Test("a header of any bytes is a header or an error", arguments: 1...8 as ClosedRange<UInt64>)
    func garbage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sound = try Array(sound().bytes.prefix(8192))
        for _ in 0..<500 {
            var bytes = sound
            for _ in 0..<random.int(in: 1...6) {
                bytes[random.int(in: 4...160)] = UInt8(random.int(in: 0...255))
            }
            if random.chance(20) { bytes.removeLast(random.int(in: 1...bytes.count)) }
            let result = Result { () throws(ImageError) in try Header(reading: MemorySource(bytes))
            }
            guard case .failure(let error) = result else { continue }
            guard case .format(let finding) = error else {
                Issue.record("seed \(seed): \(error)")
                continue
            }
            #expect(!finding.finding.isEmpty)
        }
    }
}
