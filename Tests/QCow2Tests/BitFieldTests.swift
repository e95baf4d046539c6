// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import QCow2

@Suite("Bits as the specification numbers them")
struct BitFieldTests {
    @Test(
        "the masks are the specification's constants",
        arguments: [
            ("L1 offset", L1Entry.offset.mask, 0x00ff_ffff_ffff_fe00),
            ("L1 reserved", L1Entry.reserved, 0x7f00_0000_0000_01ff),
            ("L1 copied", L1Entry.copied.mask, 0x8000_0000_0000_0000),
            ("L2 offset", L2Entry.offset.mask, 0x00ff_ffff_ffff_fe00),
            ("L2 reserved", L2Entry.reserved, 0x3f00_0000_0000_01fe),
            ("L2 zero", L2Entry.zero.mask, 0x0000_0000_0000_0001),
            ("L2 compressed", L2Entry.compressed.mask, 0x4000_0000_0000_0000),
            ("L2 copied", L2Entry.copied.mask, 0x8000_0000_0000_0000),
        ] as [(String, UInt64, UInt64)]
    )
    func masks(name: String, mask: UInt64, constant: UInt64) {
        #expect(mask == constant, "\(name)")
    }

    @Test("every bit of an entry belongs to exactly one field")
    func partition() {
        let l1 = [L1Entry.offset.mask, L1Entry.reserved, L1Entry.copied.mask]
        let l2 = [
            L2Entry.zero.mask, L2Entry.reserved, L2Entry.offset.mask, L2Entry.compressed.mask,
            L2Entry.copied.mask,
        ]
        for fields in [l1, l2] {
            #expect(fields.reduce(0, |) == .max)
            #expect(fields.reduce(0) { $0 + $1.nonzeroBitCount } == 64)
        }
    }

    @Test("a field has the bits from its first to its last", arguments: [0, 1, 31, 32, 62, 63])
    func range(first: Int) {
        for last in first..<64 {
            let bits = (first...last).map { UInt64(1) << UInt64($0) }
            #expect(BitField(first...last).mask == bits.reduce(0, |))
        }
        #expect(BitField(first).mask == 1 << UInt64(first))
    }

    @Test("a field outside the word ends the program")
    func outside() async {
        await #expect(processExitsWith: .failure) { _ = BitField(0...64) }
        await #expect(processExitsWith: .failure) { _ = BitField(-1) }
    }

    @Test("the bits that are set are listed, lowest first")
    func setBits() {
        #expect(UInt64(0).setBits == [])
        #expect(UInt64(0x8000_0000_0000_0105).setBits == [0, 2, 8, 63])
        #expect(UInt64.max.setBits == Array(0..<64))
        #expect(bitList([3]) == "bit 3 is")
        #expect(bitList([3, 60]) == "bits 3, 60 are")
    }
}
