// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import QCow2

/// The bytes of an image that QEMU made, to be changed here and there.
struct ImageBytes {
    /// Where the specification puts the fields of a header, and how many bytes they have.
    enum Field: Int, Sendable {
        case magic = 0, version = 4, backingOffset = 8, backingBytes = 16, clusterBits = 20
        case size = 24, encryption = 32, l1Entries = 36, l1Offset = 40, refcountOffset = 48
        case refcountClusters = 56, snapshotCount = 60, snapshotOffset = 64, incompatible = 72
        case compatible = 80, autoclear = 88, refcountOrder = 96, headerLength = 100
        case compressionType = 104

        var byteCount: Int {
            switch self {
            case .backingOffset, .size, .l1Offset, .refcountOffset, .snapshotOffset: 8
            case .incompatible, .compatible, .autoclear: 8
            case .compressionType: 1
            default: 4
            }
        }
    }

    var bytes: [UInt8]

    /// An image of `Fixtures/valid`: its clusters have 4 KiB, its header is as short as QEMU's are.
    init(fixture: String) throws {
        bytes = try Array(Data(contentsOf: URL(fileURLWithPath: fixturePath(fixture))))
    }

    init(path: String) throws {
        bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }

    var source: MemorySource { MemorySource(bytes) }

    subscript(field: Field) -> UInt64 {
        get { number(at: field.rawValue, field.byteCount) }
        set { set(newValue, at: field.rawValue, field.byteCount) }
    }

    func number(at offset: Int, _ byteCount: Int = 8) -> UInt64 {
        bytes[offset..<(offset + byteCount)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func set(_ value: UInt64, at offset: Int, _ byteCount: Int = 8) {
        for index in 0..<byteCount {
            bytes[offset + index] = UInt8(
                truncatingIfNeeded: value >> (8 * (byteCount - 1 - index))
            )
        }
    }

    mutating func put(_ new: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<(offset + new.count), with: new)
    }

    /// Writes extensions where a version 3 header's begin, and the mark of their end where there is
    /// room for it.
    ///
    /// - Returns: the offset of each.
    @discardableResult
    mutating func putExtensions(_ list: [(type: UInt32, data: [UInt8])]) -> [Int] {
        var place = self[.version] == 2 ? 72 : Int(self[.headerLength])
        var places: [Int] = []
        for (type, data) in list {
            places.append(place)
            set(UInt64(type), at: place, 4)
            set(UInt64(data.count), at: place + 4, 4)
            put(data, at: place + 8)
            place += 8 + (data.count + 7) / 8 * 8
        }
        if place + 8 <= 4096 { set(0, at: place) }
        return places
    }

    /// Where the L1 entry of an index lies.
    func l1Entry(_ index: Int = 0) -> Int { Int(self[.l1Offset]) + 8 * index }

    /// Where the L2 entry of a guest offset lies.
    func l2Entry(of guestOffset: Int) -> Int {
        let width = self[.version] > 2 && self[.incompatible] & 0x10 != 0 ? 16 : 8
        let perTable = (1 << Int(self[.clusterBits])) / width
        let cluster = guestOffset >> Int(self[.clusterBits])
        let table = number(at: l1Entry(cluster / perTable)) & 0x00ff_ffff_ffff_fe00
        return Int(table) + cluster % perTable * width
    }

    /// The header, or the error that it is.
    func header() -> Result<Header, ImageError> {
        Result { () throws(ImageError) in try Header(reading: source) }
    }
}

/// The path of a sound fixture.
func fixturePath(_ name: String) -> String {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.appendingPathComponent("Fixtures/valid/\(name).qcow2").path
}

extension Result where Failure == ImageError {
    /// The value, or an issue with the error's sentence.
    func required(_ location: SourceLocation = #_sourceLocation) throws -> Success {
        switch self {
        case .success(let value): return value
        case .failure(let error):
            Issue.record("\(error)", sourceLocation: location)
            throw error
        }
    }

    /// The error about the format; an issue when there is another or none.
    func formatError(_ location: SourceLocation = #_sourceLocation) throws -> FormatError {
        if case .failure(.format(let error)) = self { return error }
        Issue.record("no error about the format: \(self)", sourceLocation: location)
        throw CancellationError()
    }
}

extension QCow2Image {
    /// An image in memory, or on a disk that fails.
    convenience init(
        _ source: any BlockSource,
        clusters: (any BlockSource)? = nil,
        salvages: Bool = false
    ) throws(ImageError) {
        self.init(
            header: try Header(reading: source),
            metadata: source,
            clusters: clusters ?? source,
            salvages: salvages
        )
    }

    /// An image on the disk, and its data file where it has one.
    convenience init(path: String, dataFile: String? = nil) throws {
        let file = try File(readingFrom: path)
        let clusters = try dataFile.map { try File(readingFrom: $0) } ?? file
        try self.init(file, clusters: clusters)
    }

    /// What the image says of a range of a disk state.
    func runs(of table: L1Table, in range: Range<UInt64>? = nil) throws(ImageError) -> [MappedRun] {
        var words = WordTable()
        var runs: [MappedRun] = []
        try appendRuns(of: table, in: range ?? 0..<table.diskBytes, using: &words, to: &runs)
        return runs
    }

    /// The bytes of a run of data or of zeros, or of a compressed cluster's part.
    func bytes(of run: MappedRun) throws -> [UInt8] {
        let count = Int(run.byteCount)
        switch run.mapping {
        case .zeros: return Array(repeating: 0, count: count)
        case .data(let place):
            // The last cluster of a file may be cut.
            let present = min(run.byteCount, clusters.byteCount - place.rawValue)
            let bytes = try clusters.bytes(at: place.rawValue, count: Int(present))
            return bytes + Array(repeating: 0, count: count - Int(present))
        case .compressed(let stream):
            let end = min(stream.hostOffset.rawValue + UInt64(stream.byteCount), clusters.byteCount)
            let input = try clusters.bytes(
                at: stream.hostOffset.rawValue,
                count: Int(end - stream.hostOffset.rawValue)
            )
            let cluster = try #require(decompressed(input, header.compressionType, geometry))
            let start = Int(run.guestOffset % geometry.clusterBytes)
            return Array(cluster[start..<(start + count)])
        case .damaged(let entry): throw ImageError.format(error(for: entry))
        }
    }
}

/// A cluster's bytes; nil when the stream is damaged.
func decompressed(
    _ stream: [UInt8],
    _ type: CompressionType,
    _ geometry: Geometry
) -> [UInt8]? {
    let output = IOBuffer(byteCount: Int(geometry.clusterBytes))
    let verdict = output.withMutableBytes(0..<output.byteCount) { target in
        // SAFETY: bytes have no padding.
        ClusterDecompressor(type).decompress(unsafe stream.span.bytes, into: &target)
    }
    return verdict == .damaged ? nil : output.array(0..<output.byteCount)
}
