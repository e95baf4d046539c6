// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension HeaderExtensions {
    /// The types of extensions that are known: section "Header extensions".
    private enum Kind: UInt32 {
        case end = 0
        case backingFormat = 0xe279_2aca
        case featureNames = 0x6803_f857
        case bitmaps = 0x2385_2875
        case encryption = 0x0537_be77
        case dataFileName = 0x4441_5441
    }

    /// The format's limits for the bitmaps extension.
    private static let maximumBitmaps: UInt32 = 65_535
    private static let maximumBitmapDirectoryBytes: UInt64 = 65_535 * 1024
    /// QEMU's buffer for a backing format's name.
    private static let maximumBackingFormatBytes = 15

    /// Reads all extensions, from the header's end to the backing name or the first cluster's end.
    init(
        reading source: any BlockSource,
        _ fields: HeaderFields,
        _ geometry: Geometry
    ) throws(ImageError) {
        self.init()
        let nameOffset = fields.backingNameOffset
        let end = nameOffset == 0 ? geometry.clusterBytes : min(nameOffset, geometry.clusterBytes)
        let limit = min(end, source.byteCount)
        var offset = UInt64(fields.headerLength)
        while offset < limit, limit - offset >= 8 {
            let start = offset
            let prefix = try reading { () throws(IOError) in
                try source.bytes(at: start, count: 8)
            }
            let (type, length) = (
                prefix.bigEndian(UInt32.self, at: 0), prefix.bigEndian(UInt32.self, at: 4)
            )
            guard type != Kind.end.rawValue else { return }
            guard UInt64(length) <= limit - offset - 8 else {
                throw fields.damaged(
                    offset,
                    "header extension \(hex(type)) has \(length) bytes: "
                        + "\(limit - offset - 8) are left"
                )
            }
            let data = try reading { () throws(IOError) in
                try source.bytes(at: start + 8, count: Int(length))
            }
            try add(type, data, at: offset, fields, geometry)
            offset += 8 + (UInt64(length) + 7) / 8 * 8
        }
    }

    private mutating func add(
        _ type: UInt32,
        _ data: [UInt8],
        at offset: UInt64,
        _ fields: HeaderFields,
        _ geometry: Geometry
    ) throws(ImageError) {
        switch Kind(rawValue: type) {
        case .backingFormat:
            guard data.count <= HeaderExtensions.maximumBackingFormatBytes else {
                throw fields.damaged(
                    offset,
                    "the backing format's name has \(data.count) bytes: 15 is the limit"
                )
            }
            backingFormat = data.text(0..<data.count)
        case .featureNames:
            featureNames = HeaderExtensions.featureNames(data)
        case .bitmaps:
            try addBitmaps(data, at: offset, fields, geometry)
        case .dataFileName:
            dataFileName = data.text(0..<data.count)
        case .encryption:
            throw fields.damaged(offset, "there is a LUKS header, but the image is not encrypted")
        case .end, nil:
            break
        }
    }

    /// The rows of a feature name table: type, bit and a name of 46 bytes.
    private static func featureNames(_ data: [UInt8]) -> [FeatureName] {
        stride(from: 0, to: data.count / 48 * 48, by: 48).map { row in
            FeatureName(
                group: data[row],
                bit: data[row + 1],
                name: data.text((row + 2)..<(row + 48))
            )
        }
    }

    private mutating func addBitmaps(
        _ data: [UInt8],
        at offset: UInt64,
        _ fields: HeaderFields,
        _ geometry: Geometry
    ) throws(ImageError) {
        // Where the autoclear bit is clear the extension is stale and means nothing.
        guard AutoclearFeatures(rawValue: fields.autoclear).contains(.bitmaps) else { return }
        guard data.count == 24 else {
            throw fields.damaged(
                offset,
                "the bitmaps extension has \(data.count) bytes: 24 were expected"
            )
        }
        let reference = BitmapDirectoryReference(
            count: data.bigEndian(UInt32.self, at: 0),
            directoryOffset: data.bigEndian(UInt64.self, at: 16),
            directoryBytes: data.bigEndian(UInt64.self, at: 8)
        )
        guard (1...HeaderExtensions.maximumBitmaps).contains(reference.count),
            reference.directoryBytes <= HeaderExtensions.maximumBitmapDirectoryBytes,
            geometry.isAligned(reference.directoryOffset)
        else {
            throw fields.damaged(
                offset,
                "the bitmaps extension lists \(reference.count) bitmaps in "
                    + "\(reference.directoryBytes) bytes at \(hex(reference.directoryOffset)): "
                    + "1 to 65535 bitmaps at an aligned offset were expected"
            )
        }
        bitmaps = reference
    }
}
