// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension HeaderExtensions {
    /// The types of extensions that are known: section "Header extensions".
    enum Kind: UInt32 {
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
    /// Linux knows no longer paths.
    private static let maximumDataFileNameBytes = 4095
    /// QEMU's buffer for a backing format's name.
    private static let maximumBackingFormatBytes = 15

    /// Reads all extensions, from the header's end to the backing name or the first cluster's end.
    init(of fields: HeaderFields, _ geometry: Geometry) throws(ImageError) {
        self.init()
        let nameOffset = fields.backingNameOffset
        let end = nameOffset == 0 ? geometry.clusterBytes : min(nameOffset, geometry.clusterBytes)
        let limit = min(end, fields.source.byteCount)
        let start = UInt64(fields.headerLength)
        guard start < limit else { return }
        let area = try fields.bytes(at: start, count: Int(limit - start))
        var position = 0
        while area.count - position >= 8 {
            let type = area.bigEndian(UInt32.self, at: position)
            let length = Int(area.bigEndian(UInt32.self, at: position + 4))
            guard type != Kind.end.rawValue else { return }
            let (place, left) = (start + UInt64(position), area.count - position - 8)
            guard length <= left else {
                throw fields.damaged(
                    place,
                    "header extension \(hex(type)) has \(length) bytes: \(left) are left"
                )
            }
            let data = Array(area[(position + 8)..<(position + 8 + length)])
            try add(type, data, at: place, fields, geometry)
            position += 8 + (length + 7) / 8 * 8
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
            featureNameTable = data
        case .bitmaps:
            try addBitmaps(data, at: offset, fields, geometry)
        case .dataFileName:
            guard data.count <= HeaderExtensions.maximumDataFileNameBytes else {
                throw fields.overLimit(
                    offset,
                    "the external data file's name has \(data.count) bytes: 4095 is the limit"
                )
            }
            dataFileName = data.text(0..<data.count)
        case .encryption:
            guard fields.encryptionMethod == EncryptionMethod.luks.rawValue else {
                throw fields.damaged(
                    offset,
                    "there is a LUKS header, but the image is not encrypted"
                )
            }
            guard data.count == 16 else {
                throw fields.damaged(
                    offset,
                    "the encryption extension has \(data.count) bytes: 16 were expected"
                )
            }
            luksHeaderOffset = data.bigEndian(UInt64.self, at: 0)
            luksHeaderBytes = data.bigEndian(UInt64.self, at: 8)
        case .end, nil:
            break
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
