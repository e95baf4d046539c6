// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

extension Header {
    /// True when a file begins with qcow2's magic number.
    package static func isPresent(in source: any BlockSource) throws(IOError) -> Bool {
        guard source.byteCount >= 4 else { return false }
        return try source.bytes(at: 0, count: 4).bigEndian(UInt32.self, at: 0) == magic
    }

    /// Reads and checks the header and all extensions.
    ///
    /// - Parameters:
    ///   - source: the image file.
    ///   - acceptsEncryption: the data is not going to be read.
    /// - Throws: `ImageError.format` naming the first field that is wrong, unknown or over a limit.
    package init(
        reading source: any BlockSource,
        acceptsEncryption: Bool = false
    ) throws(ImageError) {
        let fields = try HeaderFields(reading: source)
        try fields.checkVersion()
        let geometry = try fields.geometry()
        encryption = try fields.encryption(isAccepted: acceptsEncryption)
        try fields.checkFeatures()
        try fields.checkTables(geometry)

        version = fields.version
        self.geometry = geometry
        virtualSize = fields.virtualSize
        l1Entries = fields.l1Entries
        l1TableOffset = fields.l1TableOffset
        refcountTableOffset = fields.refcountTableOffset
        refcountTableClusters = fields.refcountTableClusters
        snapshotCount = fields.snapshotCount
        snapshotTableOffset = fields.snapshotTableOffset
        incompatibleFeatures = IncompatibleFeatures(rawValue: fields.incompatible)
        compatibleFeatures = fields.compatible
        autoclearFeatures = AutoclearFeatures(rawValue: fields.autoclear)
        refcountOrder = fields.refcountOrder
        headerLength = fields.headerLength
        compressionType = try fields.compressionType()
        backingName = try fields.backingName(geometry)
        extensions = try HeaderExtensions(of: fields, geometry)
    }
}

/// The header's numbers as the file has them, and the checks that make them a `Header`.
struct HeaderFields {
    /// So much is read at first: names and extensions are most often there as well.
    private static let startBytes: UInt64 = 4096

    let source: any BlockSource
    /// How much of the file `bytes` has; zeros follow where that is less than a header.
    private let count: Int
    private let bytes: [UInt8]
    let version: UInt32

    init(reading source: any BlockSource) throws(ImageError) {
        self.source = source
        let count = Int(min(source.byteCount, HeaderFields.startBytes))
        let bytes = try reading { () throws(IOError) in try source.bytes(at: 0, count: count) }
        guard count >= 8, bytes.bigEndian(UInt32.self, at: 0) == Header.magic else {
            throw .format(
                FormatError(
                    .unsupported,
                    source.path,
                    at: 0,
                    "this is not a qcow2 image: the magic number 0x514649fb was expected"
                )
            )
        }
        version = bytes.bigEndian(UInt32.self, at: 4)
        let least = version == 2 ? Header.version2Bytes : Header.version3Bytes
        guard count >= Int(least) || version < 2 || version > 3 else {
            throw .format(
                FormatError(
                    .damaged,
                    source.path,
                    at: UInt64(count),
                    "the file ends inside the header: \(least) bytes were expected"
                )
            )
        }
        self.count = count
        self.bytes = bytes + Array(repeating: 0, count: max(112 - count, 0))
    }

    /// Reads what belongs to the header.
    func bytes(at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
        if offset <= self.count, count <= self.count - Int(offset) {
            return Array(bytes[Int(offset)..<(Int(offset) + count)])
        }
        return try reading { () throws(IOError) in try source.bytes(at: offset, count: count) }
    }

    var backingNameOffset: UInt64 { bytes.bigEndian(UInt64.self, at: 8) }
    var backingNameBytes: UInt32 { bytes.bigEndian(UInt32.self, at: 16) }
    var clusterBits: UInt32 { bytes.bigEndian(UInt32.self, at: 20) }
    var virtualSize: UInt64 { bytes.bigEndian(UInt64.self, at: 24) }
    var encryptionMethod: UInt32 { bytes.bigEndian(UInt32.self, at: 32) }
    var l1Entries: UInt32 { bytes.bigEndian(UInt32.self, at: 36) }
    var l1TableOffset: UInt64 { bytes.bigEndian(UInt64.self, at: 40) }
    var refcountTableOffset: UInt64 { bytes.bigEndian(UInt64.self, at: 48) }
    var refcountTableClusters: UInt32 { bytes.bigEndian(UInt32.self, at: 56) }
    var snapshotCount: UInt32 { bytes.bigEndian(UInt32.self, at: 60) }
    var snapshotTableOffset: UInt64 { bytes.bigEndian(UInt64.self, at: 64) }
    var incompatible: UInt64 { version < 3 ? 0 : bytes.bigEndian(UInt64.self, at: 72) }
    var compatible: UInt64 { version < 3 ? 0 : bytes.bigEndian(UInt64.self, at: 80) }
    var autoclear: UInt64 { version < 3 ? 0 : bytes.bigEndian(UInt64.self, at: 88) }
    var refcountOrder: UInt32 { version < 3 ? 4 : bytes.bigEndian(UInt32.self, at: 96) }
    var headerLength: UInt32 {
        version < 3 ? Header.version2Bytes : bytes.bigEndian(UInt32.self, at: 100)
    }
    /// Byte 104, which a shorter header leaves out.
    var compressionByte: UInt8 { headerLength > Header.version3Bytes ? bytes[104] : 0 }

    func damaged(_ offset: UInt64, _ finding: String) -> ImageError {
        .format(FormatError(.damaged, source.path, at: offset, finding))
    }

    func overLimit(_ offset: UInt64, _ finding: String) -> ImageError {
        .format(FormatError(.overLimit, source.path, at: offset, finding))
    }

    func unsupported(_ offset: UInt64, _ finding: String, remedy: String? = nil) -> ImageError {
        .format(FormatError(.unsupported, source.path, at: offset, finding, remedy: remedy))
    }
}
