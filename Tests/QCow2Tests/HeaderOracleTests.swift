// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import QCow2

/// What `qemu-img info` says of an image.
struct ImageInfo: Decodable {
    struct Specific: Decodable {
        struct Facts: Decodable {
            let compat: String
            let compressionType: String
            let lazyRefcounts: Bool?
            let refcountBits: Int
            let extendedL2: Bool?
            let dataFile: String?
            let bitmaps: [[String: BitmapValue]]?

            enum CodingKeys: String, CodingKey {
                case compat, bitmaps
                case compressionType = "compression-type"
                case lazyRefcounts = "lazy-refcounts"
                case refcountBits = "refcount-bits"
                case extendedL2 = "extended-l2"
                case dataFile = "data-file"
            }
        }

        let data: Facts
    }

    /// A value that no test looks at.
    struct BitmapValue: Decodable {
        init(from decoder: any Decoder) {}
    }

    struct Snapshot: Decodable {
        let id: String
        let name: String
        let seconds: UInt32
        let vmStateBytes: UInt64

        enum CodingKeys: String, CodingKey {
            case id, name
            case seconds = "date-sec"
            case vmStateBytes = "vm-state-size"
        }
    }

    let virtualSize: UInt64
    let clusterSize: UInt64
    let backingName: String?
    let backingFormat: String?
    let snapshots: [Snapshot]?
    let specific: Specific

    enum CodingKeys: String, CodingKey {
        case snapshots
        case virtualSize = "virtual-size"
        case clusterSize = "cluster-size"
        case backingName = "backing-filename"
        case backingFormat = "backing-filename-format"
        case specific = "format-specific"
    }

    init(of path: String) throws {
        let words = ["info", "--output=json", "-f", "qcow2", path]
        let output = try Command.runSuccessfully("qemu-img", words)
        self = try JSONDecoder().decode(ImageInfo.self, from: output.standardOutput)
    }
}

/// Compares a header with what QEMU says of the image.
func expectHeader(_ header: Header, matches info: ImageInfo) {
    let facts = info.specific.data
    #expect(header.diskBytes == info.virtualSize)
    #expect(header.geometry.clusterBytes == info.clusterSize)
    #expect(header.backingName == info.backingName)
    #expect(header.extensions.backingFormat == info.backingFormat)
    #expect(header.version == (facts.compat == "0.10" ? 2 : 3))
    #expect(header.compressionType.name == facts.compressionType)
    #expect(header.hasLazyRefcounts == facts.lazyRefcounts ?? false)
    #expect(1 << header.refcountOrder == facts.refcountBits)
    #expect(header.geometry.hasExtendedL2 == facts.extendedL2 ?? false)
    #expect(header.extensions.dataFileName == facts.dataFile)
    #expect(header.extensions.bitmaps.map { Int($0.count) } == facts.bitmaps?.count)
}

@Suite("Headers as QEMU reads them")
struct HeaderOracleTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    static let options: [String] =
        (9...21).map { "cluster_size=\(1 << $0)" }
        + (9...21).map { "compat=0.10,cluster_size=\(1 << $0)" }
        + (14...21).map { "extended_l2=on,cluster_size=\(1 << $0)" }
        + (0...6).map { "refcount_bits=\(1 << $0)" }
        + ["lazy_refcounts=on", "compression_type=zstd", "preallocation=metadata"]

    @Test("an image of any options has the header that QEMU reads", arguments: options)
    func created(options: String) throws {
        let path = directory.path("image.qcow2")
        try QemuImg.create(path, size: 70_000 * 512, options: [options])
        let header = try ImageBytes(path: path).header().required()
        expectHeader(header, matches: try ImageInfo(of: path))
    }

    @Test(
        "a backing name and format are those that QEMU reads",
        arguments: [
            "base.raw", "../x/base", "nbd://host/disk", "json:{\"driver\":\"raw\"}", "é b",
        ],
        ["0.10", "1.1"]
    )
    func backing(name: String, compat: String) throws {
        let path = directory.path("overlay.qcow2")
        try QemuImg.create(
            path,
            size: 1 << 20,
            options: ["compat=\(compat)"],
            backing: name,
            backingFormat: "raw"
        )
        let header = try ImageBytes(path: path).header().required()
        #expect(header.backingName == name)
        expectHeader(header, matches: try ImageInfo(of: path))
    }

    @Test(
        "a fixture has the header that QEMU reads",
        arguments: [
            "bitmaps", "bitmaps-stale", "data-file", "data-file-raw", "header-length-104",
            "header-length-192", "size-0", "size-not-of-sectors", "unknown-extension", "zlib-v2",
            "chain-top", "snapshots", "v3-2m", "extended-l2-zstd",
        ]
    )
    func fixture(name: String) throws {
        let header = try ImageBytes(fixture: name).header().required()
        // A data file's name is relative to the working directory; it is not opened for this.
        let folder = URL(fileURLWithPath: fixturePath(name)).deletingLastPathComponent().path
        let copy = directory.path("image.qcow2")
        try FileManager.default.copyItem(atPath: fixturePath(name), toPath: copy)
        guard let dataFile = header.extensions.dataFileName else {
            return expectHeader(header, matches: try ImageInfo(of: copy))
        }
        let output = try Command.runSuccessfully(
            "qemu-img",
            ["info", "-f", "qcow2", fixturePath(name)],
            in: folder
        )
        #expect(output.text.contains("data file: \(dataFile)\n"))
    }

    @Test("what QEMU refuses to open is refused here", arguments: 1...8 as ClosedRange<UInt64>)
    func refusals(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let fields: [ImageBytes.Field] = [
            .version, .backingOffset, .backingBytes, .clusterBits, .size, .encryption, .l1Entries,
            .l1Offset, .refcountOffset, .refcountClusters, .snapshotCount, .snapshotOffset,
            .incompatible, .compatible, .autoclear, .refcountOrder, .headerLength, .compressionType,
        ]
        let path = directory.path("image.qcow2")
        var (accepted, refused) = (0, 0)
        for _ in 0..<25 {
            var image = try ImageBytes(fixture: random.pick(["v3-4k", "snapshots", "v3-64k"]))
            let changes = (0..<random.int(in: 1...2)).map { _ in
                let field = random.pick(fields)
                image[field] = value(of: field, &random)
                return "\(field) = \(hex(image[field]))"
            }
            // QEMU judges the place of a snapshot table that does not exist; nobody reads it.
            if image[.snapshotCount] == 0 { image[.snapshotOffset] = 0 }
            try Data(image.bytes).write(to: URL(fileURLWithPath: path))
            let words = ["info", "-f", "qcow2", path]
            let verdict = try Command.run("qemu-img", words)
            guard verdict.status != 0 else {
                accepted += 1
                continue
            }
            refused += 1
            #expect(refusal(of: image) != nil, "seed \(seed), \(changes): \(verdict.standardError)")
        }
        // Both must happen, or nothing is compared.
        #expect(accepted > 0 && refused > 0)
    }

    /// A value near one that matters.
    private func value(of field: ImageBytes.Field, _ random: inout SeededGenerator) -> UInt64 {
        let power = UInt64(1) << UInt64(random.int(in: 0...min(63, field.byteCount * 8 - 1)))
        return random.pick([
            0, 1, 2, 3, power, power &- 1, power | 1, power &* 3, .max, 4096, 0x2000,
        ])
    }

    private func refusal(of image: ImageBytes) -> ImageError? {
        do throws(ImageError) {
            let image = try QCow2Image(image.source)
            _ = try image.activeTable()
            for snapshot in try image.snapshots() { _ = try image.table(of: snapshot) }
        } catch { return error }
        return nil
    }
}
