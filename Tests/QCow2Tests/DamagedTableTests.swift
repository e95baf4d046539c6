// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

private let reservedL1: [UInt64] = Array(0...8) + Array(56...62)
private let reservedL2: [UInt64] = Array(1...8) + Array(56...61)

/// The image of these tests has 4 KiB clusters, data at guest 0 to 0x2fff, and 77824 bytes.
@Suite("Damaged L1 tables")
struct DamagedL1Tests {
    private func table(
        _ word: UInt64,
        index: Int = 0,
        salvages: Bool = false
    ) throws -> Result<L1Table, ImageError> {
        var image = try ImageBytes(fixture: "v3-4k")
        image.set(word, at: image.l1Entry(index))
        let source = image.source
        return Result { () throws(ImageError) in
            try QCow2Image(source, salvages: salvages).activeTable()
        }
    }

    private func sound(_ index: Int = 0) throws -> UInt64 {
        let image = try ImageBytes(fixture: "v3-4k")
        return image.number(at: image.l1Entry(index))
    }

    @Test(
        "every single reserved bit is refused by its number",
        arguments: reservedL1
    )
    func reservedBit(bit: UInt64) throws {
        for index in [0, 1] {
            let word = try sound(index) | 1 << bit
            let error = try table(word, index: index).formatError()
            #expect(error.offset == UInt64(0x3000 + 8 * index))
            #expect(error.kind == .damaged)
            #expect(
                error.finding == "L1 entry \(index) is \(hex(word)): reserved bit \(bit) is set"
            )
            #expect(try table(word, index: index, salvages: true).required().lostBytes == 0)
        }
    }

    @Test("bit 63 is a hint that no reader needs")
    func copiedBit() throws {
        let word = try sound()
        #expect(word >> 63 == 1)
        #expect(try table(word & ~(1 << 63)).required() == table(word).required())
    }

    @Test(
        "a table that is not aligned is refused, or lost by salvage",
        arguments: 9...11 as ClosedRange
    )
    func unaligned(bit: UInt64) throws {
        let word = try sound() | 1 << bit
        let error = try table(word).formatError()
        #expect(error.finding.contains("is not cluster-aligned"))
        #expect(try table(word, salvages: true).required().lostBytes == 2 << 20)
    }

    @Test(
        "a table beyond the end of the file is refused, or lost by salvage",
        arguments: [0x13000, 1 << 20, 1 << 40, 0x00ff_ffff_ffff_f000] as [UInt64]
    )
    func beyondEnd(offset: UInt64) throws {
        for (index, lost) in [(0, 2 << 20), (3, 2 << 20)] as [(Int, UInt64)] {
            let word = 1 << 63 | offset
            let error = try table(word, index: index).formatError()
            #expect(error.offset == UInt64(0x3000 + 8 * index))
            #expect(
                error.finding.contains("\(hex(offset)) lies beyond the end of the file at 0x13000")
            )
            let salvaged = try table(word, index: index, salvages: true).required()
            #expect(salvaged.lostBytes == lost)
            #expect(!Array(salvaged.allocatedRanges).contains { $0.contains(UInt64(index) << 21) })
        }
    }

    @Test("a table that the file ends in is refused; salvage reads what is there")
    func cut() throws {
        var image = try ImageBytes(fixture: "v3-4k")
        image.set(1 << 63 | 0x13000, at: image.l1Entry(1))
        // Half a table, whose first cluster is the image's first one, and zeros.
        image.bytes += bigEndianBytes([1 << 63 | 0x5000]) + Array(repeating: 0, count: 2040)
        let error = try Result { () throws(ImageError) in
            try QCow2Image(image.source).activeTable()
        }.formatError()
        #expect(error.finding.contains("the image is cut short"))
        let salvaged = try QCow2Image(image.source, salvages: true)
        let runs = try salvaged.runs(of: salvaged.activeTable(), in: (2 << 20)..<(4 << 20))
        #expect(
            runs == [
                MappedRun(guestOffset: 2 << 20, byteCount: 4096, mapping: .data(HostOffset(0x5000)))
            ]
        )
    }

    @Test("entries behind the disk are not looked at")
    func behindDisk() throws {
        var image = try ImageBytes(fixture: "v3-4k")
        // The fifth entry, where a saved machine's memory would begin.
        image[.l1Entries] = 5
        image.set(.max, at: image.l1Entry(4))
        let table = try QCow2Image(image.source).activeTable()
        #expect(Array(table.allocatedRanges).allSatisfy { $0.upperBound <= 8 << 20 })
    }
}

/// Damage of single L2 entries, of a standard and an extended image.
@Suite("Damaged L2 entries")
struct DamagedL2Tests {
    /// The runs of an image with one entry changed, and the image.
    private func changed(
        _ fixture: String = "v3-4k",
        guest: Int = 0x1000,
        salvages: Bool = false,
        change: (inout ImageBytes, Int) -> Void
    ) throws -> ([MappedRun], QCow2Image, entry: Int) {
        var image = try ImageBytes(fixture: fixture)
        let entry = image.l2Entry(of: guest)
        change(&image, entry)
        let opened = try QCow2Image(image.source, salvages: salvages)
        return (try opened.runs(of: opened.activeTable()), opened, entry)
    }

    /// The error of the only damaged run, which is to begin at a guest offset.
    private func damage(
        _ result: ([MappedRun], QCow2Image, entry: Int),
        at guest: UInt64 = 0x1000,
        _ byteCount: UInt64 = 4096
    ) throws -> FormatError {
        let damaged = result.0.filter { if case .damaged = $0.mapping { true } else { false } }
        let run = try #require(damaged.first)
        #expect(damaged.count == 1)
        #expect(run.guestOffset == guest)
        #expect(run.byteCount == byteCount)
        guard case .damaged(let entry) = run.mapping else { throw CancellationError() }
        let error = result.1.error(for: entry)
        #expect(error.offset == UInt64(result.entry))
        #expect(error.path == "memory.qcow2")
        #expect(error.finding.hasPrefix("the L2 entry of guest offset \(hex(guest)) is "))
        return error
    }

    @Test(
        "every single reserved bit is refused by its number; salvage reads on",
        arguments: reservedL2
    )
    func reservedBit(bit: UInt64) throws {
        func change(_ image: inout ImageBytes, _ entry: Int) {
            image.set(image.number(at: entry) | 1 << bit, at: entry)
        }
        let error = try damage(changed(change: change))
        #expect(error.kind == .damaged)
        #expect(error.finding.hasSuffix(": reserved bit \(bit) is set"))
        #expect(try changed(salvages: true, change: change).0 == changed { _, _ in }.0)
    }

    @Test("an unallocated entry with a reserved bit is damaged too", arguments: reservedL2)
    func reservedBitAlone(bit: UInt64) throws {
        let result = try changed(guest: 0x8000) { $0.set(1 << bit, at: $1) }
        let error = try damage(result, at: 0x8000)
        #expect(error.finding.hasSuffix("is \(hex(UInt64(1) << bit)): reserved bit \(bit) is set"))
    }

    @Test("an extended entry reserves the same bits, and bit 0", arguments: [0] + reservedL2)
    func reservedExtended(bit: UInt64) throws {
        let result = try changed("extended-l2", guest: 0x8000) { image, entry in
            image.set(image.number(at: entry) | 1 << bit, at: entry)
        }
        let error = try damage(result, at: 0x8000, 16_384)
        #expect(error.finding.contains(bit == 0 ? "bit 0 is set" : "reserved bit \(bit) is set"))
    }

    @Test("the zero flag is damage in version 2, and zeros in version 3")
    func zeroFlag() throws {
        let result = try changed("v2-4k") { $0.set($0.number(at: $1) | 1, at: $1) }
        #expect(try damage(result).finding.contains("the zero flag is set, which version 2"))
        let runs = try changed { $0.set($0.number(at: $1) | 1, at: $1) }.0
        #expect(
            runs.contains(MappedRun(guestOffset: 0x1000, byteCount: 4096, mapping: .zeros))
        )
    }

    @Test("a cluster that is not aligned is damaged", arguments: 9...11 as ClosedRange<UInt64>)
    func unaligned(bit: UInt64) throws {
        let result = try changed { $0.set($0.number(at: $1) ^ 1 << bit, at: $1) }
        #expect(try damage(result).finding.contains("its cluster is not cluster-aligned"))
        let zero = try changed { $0.set(1 | 1 << bit, at: $1) }
        #expect(try damage(zero).finding.contains("its cluster is not cluster-aligned"))
    }

    @Test(
        "a cluster beyond the end of the file is damaged, one that the file ends in is not",
        arguments: [
            (0x12000, true), (0x13000, false), (1 << 40, false), (0xff_ffff_ffff_f000, false),
        ]
            as [(UInt64, Bool)]
    )
    func beyondEnd(offset: UInt64, isThere: Bool) throws {
        let result = try changed { image, entry in
            image.set(1 << 63 | offset, at: entry)
            if isThere { image.bytes.removeLast(4095) }
        }
        guard !isThere else {
            let mapping = Mapping.data(HostOffset(offset))
            #expect(
                result.0.contains(MappedRun(guestOffset: 0x1000, byteCount: 4096, mapping: mapping))
            )
            return
        }
        let error = try damage(result)
        #expect(error.finding.contains("\(hex(offset)) lies beyond the end of the file at 0x13000"))
    }

    @Test("a compressed cluster begins within the file", arguments: [0x12fff, 0x13000, 1 << 40])
    func compressed(offset: UInt64) throws {
        let result = try changed { $0.set(1 << 62 | offset, at: $1) }
        guard offset >= 0x13000 else {
            let run = CompressedRun(hostOffset: HostOffset(offset), byteCount: 1)
            #expect(result.0.contains { $0.mapping == .compressed(run) })
            return
        }
        #expect(
            try damage(result).finding.contains("compressed data at \(hex(offset)) lies beyond")
        )
    }

    @Test("one subcluster that is both allocated and zero damages its cluster", arguments: 0..<32)
    func bothBits(number: UInt64) throws {
        let result = try changed("extended-l2", guest: 0x8000) { image, entry in
            image.set(0xffff_ffff | 1 << (32 + number), at: entry + 8)
        }
        let error = try damage(result, at: 0x8000, 16_384)
        #expect(error.finding.contains("says both allocated and zero"))
    }

    @Test("one allocated subcluster without a place damages its cluster", arguments: 0..<32)
    func noPlace(number: UInt64) throws {
        let result = try changed("extended-l2", guest: 0x30000) { image, entry in
            image.set(0, at: entry)
            image.set(1 << number, at: entry + 8)
        }
        let error = try damage(result, at: 0x30000, 16_384)
        #expect(error.finding.contains("says allocated, but it has no place"))
    }

    @Test("each subcluster is where its bit is", arguments: 0..<32 as Range<UInt64>)
    func subcluster(number: UInt64) throws {
        let other = (number + 7) % 32
        let (runs, image, entry) = try changed("extended-l2", guest: 0x8000) { image, entry in
            image.set(1 << number | 1 << (32 + other), at: entry + 8)
        }
        let place = try ImageBytes(fixture: "extended-l2").number(at: entry) & 0xff_ffff_ffff_fe00
        let within = runs.filter { (0x8000..<0xc000).contains($0.guestOffset) }
        let data = MappedRun(
            guestOffset: 0x8000 + number * 512,
            byteCount: 512,
            mapping: .data(HostOffset(place + number * 512))
        )
        let zeros = MappedRun(guestOffset: 0x8000 + other * 512, byteCount: 512, mapping: .zeros)
        #expect(image.geometry.subclusterBytes == 512)
        #expect(within == (number < other ? [data, zeros] : [zeros, data]))
    }

    @Test(
        "with a data file, an entry names its own guest offset and is not compressed",
        arguments: [
            (0x9000, 1 << 63 | 0x9000, nil), (0x9000, 0x9000, nil),
            (0x9000, 1 << 63 | 0xa000, "differs from its guest offset 0x9000"),
            (0x9000, 1 << 62 | 0x9000, "is compressed, which an image with a data file"),
            (0x1f000, 1 << 63 | 0x1f000, nil),
        ] as [(Int, UInt64, String?)]
    )
    func dataFile(guest: Int, word: UInt64, words: String?) throws {
        var image = try ImageBytes(fixture: "data-file")
        let entry = image.l2Entry(of: guest)
        image.set(word, at: entry)
        let data = MemorySource(Array(repeating: 1, count: 128 << 10))
        let opened = try QCow2Image(image.source, clusters: data)
        let runs = try opened.runs(of: opened.activeTable())
        if let words {
            let error = try damage((runs, opened, entry), at: UInt64(guest))
            #expect(error.finding.contains(words))
        } else {
            let run = try #require(runs.first { $0.guestOffset <= guest && $0.guestEnd > guest })
            let place = HostOffset(run.guestOffset)
            #expect(run.mapping == .data(place))
        }
    }

    @Test("in a data file offset 0 is a cluster when bit 63 says so")
    func dataFileOffset0() throws {
        var image = try ImageBytes(fixture: "data-file-offset-0")
        let data = MemorySource(Array(repeating: 1, count: 128 << 10))
        let first = try QCow2Image(image.source, clusters: data)
        let runs = try first.runs(of: first.activeTable())
        #expect(runs.first?.mapping == .data(HostOffset(0)))
        let entry = image.l2Entry(of: 0)
        #expect(image.number(at: entry) == 1 << 63)
        image.set(0, at: entry)
        let second = try QCow2Image(image.source, clusters: data)
        #expect(try second.runs(of: second.activeTable()).first?.guestOffset == 4096)
    }

    @Test(
        "tables of any bits give runs in order, within the range",
        arguments: 1...12 as ClosedRange
    )
    func garbage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var image = try ImageBytes(fixture: seed % 2 == 0 ? "extended-l2" : "v3-4k")
        let table = image.l2Entry(of: 0)
        let words = (0..<512).map { _ in
            // Few bits, so that not every entry is damaged.
            random.chance(50) ? random.next() : random.next() & 0x8000_0000_0000_f001
        }
        image.put(bigEndianBytes(words), at: table)
        let opened = try QCow2Image(image.source, salvages: random.chance(50))
        let state = try opened.activeTable()
        var end: UInt64 = 0
        for run in try opened.runs(of: state) {
            #expect(run.guestOffset >= end && run.byteCount > 0, "seed \(seed): \(run)")
            end = run.guestEnd
            guard case .damaged(let entry) = run.mapping else { continue }
            #expect(opened.error(for: entry).description.utf8.count < 400)
        }
        #expect(end <= state.diskBytes)
    }
}
