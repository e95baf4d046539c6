// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import clone_image

@Suite("Arguments")
struct ArgumentTests {
    private static let goodSizes: [(String, UInt64)] = [
        ("0", 0), ("512", 512), ("64k", 65_536), ("64K", 65_536), ("2M", 2_097_152),
        ("2m", 2_097_152), ("3G", 3_221_225_472), ("1T", 1_099_511_627_776), ("7b", 7),
        ("1E", 1_152_921_504_606_846_976), ("1.5M", 1_572_864), ("0.25k", 256), ("0x10", 16),
        ("18446744073709551615", UInt64.max), ("+1", 1), (" \t2k", 2048), ("0x100k", 262_144),
        ("0X1e", 30), ("0xB", 11), ("1.", 1), ("1.k", 1024), ("010", 10),
    ]

    @Test("a size is a number with a suffix as qemu-img's", arguments: goodSizes)
    func sizes(text: String, bytes: UInt64) {
        #expect(ByteSize(argument: text)?.bytes == bytes)
    }

    @Test(
        "what is no size is refused",
        arguments: [
            "", "k", "-1", "++1", "+ 1", "1 ", ".5k", "1.5", "64kb", "64 k", "0x+1", "1e3", "0x",
            "0xk", "0x1.8k", "0xffffffffffffffffk", "1.2.3k",
            "18446744073709551616",
            "18014398509481984k", "16777216T", "k64", "٣",
        ]
    )
    func badSizes(text: String) {
        #expect(ByteSize(argument: text) == nil)
    }

    @Test(
        "the extension of a target chooses its format",
        arguments: [
            ("a.raw", "raw"), ("a.img", "raw"), ("A.RAW", "raw"), ("d.raw/a", "qcow2"),
            ("a.qcow2", "qcow2"), ("a", "qcow2"), ("raw", "qcow2"), ("a.raw.bak", "qcow2"),
            ("/dev/vg/lv", "qcow2"),
        ]
    )
    func extensions(path: String, format: String) {
        #expect("\(TargetOptions.formatPromised(by: path))" == format)
    }

    @Test("a choice takes its own words only and shows them all")
    func choices() {
        #expect(Choice<ProgressStyle>.words == "auto|bar|json|none")
        #expect(Choice<ProgressStyle>(argument: "json")?.value == .json)
        #expect(Choice<ProgressStyle>(argument: "JSON") == nil)
        #expect(Choice<ProgressStyle>(argument: "") == nil)
        #expect(CompressionChoice.words == "zlib|zstd")
        #expect(CompressionChoice(argument: "lzma") == nil)
        #expect(CompressionChoice(argument: "") == nil)
    }
}

@Suite("Creation options")
struct CreationOptionTests {
    private func parsed(_ options: [String]) throws -> CreationOptionParser {
        var parser = CreationOptionParser()
        for option in options { try parser.parse(option) }
        return parser
    }

    @Test("options may be given one by one or with commas between them")
    func lists() throws {
        let options = ["compat=v3", "cluster_size=4k", "lazy_refcounts=on", "preallocation=full"]
        let apart = try "\(parsed(options))"
        #expect(try "\(parsed([options.joined(separator: ",")]))" == apart)
        #expect(try "\(parsed([]))" != apart)
    }

    @Test("the last of two values wins")
    func repeated() throws {
        let once = try "\(parsed(["compat=v3,extended_l2=off"]))"
        #expect(
            try "\(parsed(["compat=0.10", "extended_l2=on,compat=1.1,extended_l2=off"]))" == once
        )
    }

    @Test(
        "an unknown key, a missing value and a value that means nothing are errors that name it",
        arguments: [
            "", "compat", "compat=", "=1.1", "compat=1.0", "cluster_size=big", "refcount_bits=x",
            "lazy_refcounts=maybe", "extended_l2=1", "compression_type=lzma", "preallocation=some",
            "compression_window=8k", "compression_window=32768",
            "encryption=on", "Compat=1.1", "compat=1.1,", "compat=1.1,,extended_l2=on",
        ]
    )
    func bad(option: String) {
        let error = #expect(throws: (any Error).self) { try parsed([option]) }
        #expect(error.map { "\($0)" }?.contains("--option") == true)
    }
}
