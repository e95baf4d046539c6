// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

@Suite("Feature bits")
struct FeatureTests {
    private func sound() throws -> ImageBytes { try ImageBytes(fixture: "v3-4k") }

    @Test("every single unknown incompatible bit is refused by its number", arguments: 5..<64)
    func unknownBit(bit: Int) throws {
        var image = try sound()
        image[.incompatible] = 1 << UInt64(bit)
        let error = try image.header().formatError()
        #expect(error.kind == .unsupported)
        #expect(error.offset == 72)
        #expect(error.finding == "unknown incompatible features: bit \(bit)")
    }

    @Test("an unknown bit is refused with the name that the image gives it", arguments: 5..<64)
    func namedBit(bit: Int) throws {
        var image = try sound()
        image[.incompatible] = 1 << UInt64(bit) | 1
        image.putExtensions([
            (
                0x6803_f857,
                row(group: 1, bit: bit, "wrong group") + row(group: 0, bit: bit - 1, "wrong bit")
                    + row(group: 0, bit: bit, "tilted tables")
                    + row(group: 0, bit: bit, "second name")
            )
        ])
        let error = try image.header().formatError()
        #expect(error.finding == "unknown incompatible features: bit \(bit) (tilted tables)")
    }

    @Test("several unknown bits are all named")
    func severalBits() throws {
        var image = try sound()
        image[.incompatible] = 1 << 5 | 1 << 40 | 1 << 63 | 1 << 1
        image.putExtensions([(0x6803_f857, row(group: 0, bit: 40, "frobnication"))])
        let error = try image.header().formatError()
        #expect(
            error.finding
                == "unknown incompatible features: bit 5, bit 40 (frobnication), bit 63"
        )
    }

    @Test(
        "a name of 46 bytes is whole, and no name can break the line",
        arguments: [
            (String(repeating: "n", count: 46), String(repeating: "n", count: 46)),
            ("two\nlines\r\u{1b}[31m", "two?lines??[31m"), ("tab\tdel\u{7f}", "tab?del?"),
            ("état", "état"), ("\u{202e}oof\u{2028}", "?oof?"),
        ]
    )
    func oddNames(name: String, shown: String) throws {
        var image = try sound()
        image[.incompatible] = 1 << 7
        image.putExtensions([(0x6803_f857, row(group: 0, bit: 7, name))])
        let error = try image.header().formatError()
        #expect(error.finding == "unknown incompatible features: bit 7 (\(shown))")
    }

    @Test("a table of names that is itself damaged gives no name, and the bit is still refused")
    func damagedNames() throws {
        var image = try sound()
        image[.incompatible] = 1 << 7
        let places = image.putExtensions([(0x6803_f857, row(group: 0, bit: 7, "name"))])
        image.set(0xffff_ffff, at: places[0] + 4, 4)
        let error = try image.header().formatError()
        #expect(error.finding == "unknown incompatible features: bit 7")
    }

    @Test("marks that harm no reader are accepted", arguments: [0, 1])
    func harmlessBit(bit: UInt64) throws {
        var image = try sound()
        image[.incompatible] = 1 << bit
        let header = try image.header().required()
        #expect(header.incompatibleFeatures.rawValue == 1 << bit)
        #expect(header.incompatibleFeatures.contains(.dirty) == (bit == 0))
        #expect(header.incompatibleFeatures.contains(.corrupt) == (bit == 1))
    }

    @Test("a data file is known by bit 2")
    func dataFile() throws {
        var image = try sound()
        image[.incompatible] = 1 << 2
        #expect(try image.header().required().incompatibleFeatures == .externalDataFile)
        image[.autoclear] = 1 << 1
        #expect(try image.header().required().autoclearFeatures == .rawExternalData)
        image[.incompatible] = 0
        let error = try image.header().formatError()
        #expect(error.offset == 88)
        #expect(error.finding.contains("raw"))
    }

    @Test("bit 3 and the compression type say the same, or it is an error")
    func compressionType() throws {
        var image = try sound()
        image[.incompatible] = 1 << 3
        #expect(try image.header().formatError().offset == 104)
        image[.compressionType] = 1
        #expect(try image.header().required().compressionType == .zstd)
        image[.compressionType] = 2
        #expect(try image.header().formatError().finding.contains("compression type 2"))
        // A header that ends before the type has zlib.
        image[.compressionType] = 0
        image[.headerLength] = 104
        let error = try image.header().formatError()
        #expect(error.offset == 72)
        #expect(error.finding.contains("zlib contradicts incompatible feature bit 3"))
    }

    @Test("bit 4 asks for clusters of at least 16 KiB")
    func extendedL2() throws {
        var image = try sound()
        image[.incompatible] = 1 << 4
        let error = try image.header().formatError()
        #expect(error.offset == 20)
        #expect(error.finding.contains("14 to 21 with extended L2 entries"))
        #expect(try ImageBytes(fixture: "extended-l2").header().required().geometry.hasExtendedL2)
    }

    @Test("no compatible bit is refused", arguments: 0..<64)
    func compatible(bit: UInt64) throws {
        var image = try sound()
        image[.compatible] = 1 << bit
        let header = try image.header().required()
        #expect(header.compatibleFeatures == 1 << bit)
        #expect(header.hasLazyRefcounts == (bit == 0))
    }

    @Test("no autoclear bit is refused but the one that asks for a data file", arguments: 0..<64)
    func autoclear(bit: UInt64) throws {
        var image = try sound()
        image[.autoclear] = 1 << bit
        if bit == 1 {
            #expect(try image.header().formatError().offset == 88)
        } else {
            #expect(try image.header().required().autoclearFeatures.rawValue == 1 << bit)
        }
    }
}

/// A row of a feature name table.
func row(group: UInt8, bit: Int, _ name: String) -> [UInt8] {
    let name = Array(name.utf8)
    return [group, UInt8(bit)] + name + Array(repeating: 0, count: 46 - name.count)
}
